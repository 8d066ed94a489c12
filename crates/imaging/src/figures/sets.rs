//! Numbers joined to sets (union-find); the lowest number of a set stands for it.

/// Sets of the numbers from zero on.
#[derive(Clone, Debug, Default)]
pub(super) struct Sets {
    parents: Vec<u32>,
}

impl Sets {
    /// Each of `count` numbers a set of its own.
    pub(super) fn new(count: usize) -> Self {
        Self {
            parents: (0..count as u32).collect(),
        }
    }

    /// One number more, a set of its own.
    pub(super) fn add(&mut self) -> u32 {
        let number = self.parents.len() as u32;
        self.parents.push(number);
        number
    }

    /// The number that stands for the set of this one.
    pub(super) fn root(&mut self, mut number: u32) -> u32 {
        while self.parents[number as usize] != number {
            let parent = self.parents[number as usize];
            self.parents[number as usize] = self.parents[parent as usize];
            number = parent;
        }
        number
    }

    /// Makes one set of two; what stands for it.
    pub(super) fn join(&mut self, a: u32, b: u32) -> u32 {
        let (a, b) = (self.root(a), self.root(b));
        let (low, high) = (a.min(b), a.max(b));
        self.parents[high as usize] = low;
        low
    }

    /// The sets counted from zero without holes, in the order of their lowest numbers: the number
    /// of each number's set, and how many sets there are.
    pub(super) fn numbered(mut self) -> (Vec<u32>, usize) {
        let mut count = 0;
        for number in 0..self.parents.len() {
            let parent = self.parents[number] as usize;
            // A parent is lower and has its set's number already.
            self.parents[number] = if parent == number {
                count += 1;
                count - 1
            } else {
                self.parents[parent]
            };
        }
        (self.parents, count as usize)
    }
}
