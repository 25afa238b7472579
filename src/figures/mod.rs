//! Tables to drawings.
