//! Ranks that are threads of this process and talk through channels.

use std::sync::mpsc::{Receiver, Sender, channel};

use hspin::study::cluster::Transport;

/// One end of the channels between all ranks.
pub struct Channels {
    rank: usize,
    to: Vec<Sender<(usize, Vec<u8>)>>,
    from: Receiver<(usize, Vec<u8>)>,
}

impl Channels {
    pub fn between(ranks: usize) -> Vec<Self> {
        let (to, from): (Vec<_>, Vec<_>) = (0..ranks).map(|_| channel()).unzip();
        let ends = from.into_iter().enumerate();
        ends.map(|(rank, from)| Self { rank, to: to.clone(), from }).collect()
    }
}

impl Transport for Channels {
    fn rank(&self) -> usize {
        self.rank
    }

    fn size(&self) -> usize {
        self.to.len()
    }

    fn send(&self, to: usize, message: &[u8]) {
        // The other may have left.
        let _ = self.to[to].send((self.rank, message.to_vec()));
    }

    fn receive(&self) -> Option<(usize, Vec<u8>)> {
        self.from.try_recv().ok()
    }
}
