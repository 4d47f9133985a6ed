//! What ships with the page, in numbers: how many classes and samples, and of what form. A page has to know them before a
//! data set has been fetched; `tests/data.rs` holds them against the files.

use super::{DataName, Form};

/// A data set that ships with the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shipped {
    /// Its name.
    pub name: DataName,
    /// Classes.
    pub classes: usize,
    /// What its samples are.
    pub form: Form,
    /// Samples to train on.
    pub train: usize,
    /// Samples held out.
    pub held_out: usize,
}

const GREYS_28: Form = Form::Image { height: 28, width: 28 };

const fn shipped(name: DataName, form: Form, train: usize, held_out: usize) -> Shipped {
    Shipped { name, classes: 10, form, train, held_out }
}

/// All of them.
pub const SHIPPED: [Shipped; 4] = [
    shipped(DataName::Mnist, GREYS_28, 8000, 2000),
    shipped(DataName::Fashion, GREYS_28, 5000, 1000),
    shipped(DataName::Digits, Form::Image { height: 8, width: 8 }, 1297, 500),
    shipped(DataName::Furniture, Form::Cloud { points: 1024 }, 244, 81),
];

impl DataName {
    /// What is known of it before it is fetched; nothing of a person's own.
    pub fn shipped(self) -> Option<&'static Shipped> {
        SHIPPED.iter().find(|shipped| shipped.name == self)
    }
}
