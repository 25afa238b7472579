//! Runs as a page to send to a co-author: tables of analysis and drawings of figures, with words. Nothing is computed here.

pub mod words;
