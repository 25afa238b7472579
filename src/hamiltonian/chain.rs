//! Panels of Hessians on their way through the hands of all who hold leaves.

use std::collections::VecDeque;

use super::orders::{ChunkAnswer, ChunkChannel, ChunkTask};

/// Panels that may be under way to each of the others who hold leaves.
pub(super) const PANELS_UNDER_WAY: usize = 3;

/// Panels that pass through the hands of all others who hold leaves.
pub(super) struct Chain<'a> {
    channel: &'a mut dyn ChunkChannel,
    /// First rows of the panels that each of them has.
    under_way: Vec<VecDeque<usize>>,
}

impl<'a> Chain<'a> {
    pub fn new(channel: &'a mut dyn ChunkChannel) -> Self {
        let under_way = vec![VecDeque::new(); channel.others()];
        Self { channel, under_way }
    }

    /// Hands a panel to the first of them, or back if there is none.
    pub fn send(&mut self, top: usize, sums: Vec<f64>) -> Option<(usize, Vec<f64>)> {
        self.pass(0, top, sums)
    }

    fn pass(&mut self, other: usize, top: usize, sums: Vec<f64>) -> Option<(usize, Vec<f64>)> {
        let Some(waiting) = self.under_way.get_mut(other) else { return Some((top, sums)) };
        waiting.push_back(top);
        self.channel.ask(other, &ChunkTask::Panel(sums));
        None
    }

    /// Passes on what has come, and waits until at most so many panels are under way to each; returns one that has
    /// been through all hands, `None` when there is no more to wait for.
    pub fn settle(&mut self, most: usize) -> Option<(usize, Vec<f64>)> {
        loop {
            for other in 0..self.under_way.len() {
                while !self.under_way[other].is_empty() {
                    let Some(answer) = self.channel.answer_now(other) else { break };
                    if let Some(done) = self.take(other, answer) {
                        return Some(done);
                    }
                }
            }
            let all: usize = self.under_way.iter().map(VecDeque::len).sum();
            if all <= most * self.under_way.len() {
                return None;
            }
            // The oldest panel is the one that has come furthest.
            let last = self.under_way.iter().rposition(|panels| !panels.is_empty())?;
            let answer = self.channel.answer(last);
            if let Some(done) = self.take(last, answer) {
                return Some(done);
            }
        }
    }

    fn take(&mut self, other: usize, answer: ChunkAnswer) -> Option<(usize, Vec<f64>)> {
        let ChunkAnswer::Panel(sums) = answer else { panic!("a panel was asked for") };
        let top = self.under_way[other].pop_front()?;
        self.pass(other + 1, top, sums)
    }
}
