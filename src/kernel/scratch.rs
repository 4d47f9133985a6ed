//! Room for what a loop keeps, beside what streams by.

/// Numbers of a page of memory.
const PAGE: usize = 1024;

/// Numbers that a loop reads and writes again and again, beside a stream that it reads once. They stand half a page further on
/// than the stream does, against 4K aliasing: a load waits for a store before it, if the addresses agree in their last twelve bits.
/// The distance holds for the stream's start and after whole pages; elsewhere it is as good as any.
pub(super) struct Scratch {
    room: Vec<f32>,
    shift: usize,
}

impl Scratch {
    /// Room for so many numbers.
    pub(super) fn beside(stream: &[f32], count: usize) -> Self {
        let room = vec![0.0; count + PAGE];
        let in_page = |numbers: &[f32]| numbers.as_ptr().addr() / size_of::<f32>() % PAGE;
        let shift = (in_page(stream) + PAGE + PAGE / 2 - in_page(&room)) % PAGE;
        Self { room, shift }
    }

    /// The first numbers of the room, set to 0.
    pub(super) fn zeros(&mut self, count: usize) -> &mut [f32] {
        let zeros = &mut self.room[self.shift..][..count];
        zeros.fill(0.0);
        zeros
    }
}
