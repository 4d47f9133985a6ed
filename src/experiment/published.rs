//! What the papers themselves report, with where it could be read (methods, sections 2.5 to 8.5).

use serde::{Deserialize, Serialize};

use super::Paper;

/// A figure of a paper.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct Published {
    /// Data, network and time steps.
    pub setting: String,
    /// What is reported.
    pub figure: String,
}

/// Other settings that were tried by hand before the experiment was fixed, and what they showed.
pub fn tried(paper: Paper) -> &'static str {
    match paper {
        Paper::Reverb | Paper::Ternary => "nothing else.",
        Paper::Contrast => {
            "300 labels: similarity rises less surely. MNIST in place of digits: it rises as well, but fewer samples \
             find themselves than ten times those without. Twice and four times the weight cost accuracy."
        }
        Paper::Enof => {
            "temperatures of 2, 10 and 20, weights of 0.1, 0.3 and 3, 100 to 1,000 labels, digits of 8x8, a residual \
             network: no setting in which the aligned feature was clearly better than plain distillation, though it \
             alone makes the twin's readout agree."
        }
        Paper::Shortcut => {
            "10 layers in place of 12, which gained 5.7 ± 3.3 points over five seeds, three of them over 3 points: the \
             gain grows with depth. Fashion-MNIST: the same. With branches fixed at 1 their sum learns, and the readout \
             that is left at inference does not."
        }
        Paper::Paradigm => {
            "the paper's decay of 0.25: on digits noise changes little; on Fashion-MNIST with a residual network a run \
             without noise loses several points from T = 1 to T = 4, one with noise keeps its accuracy but gains none. \
             Wider networks gain less."
        }
        Paper::ImLoss => {
            "a gain of 0.5 for the initial weights: the same, but a first gradient only about five times that without."
        }
    }
}

/// A paper's own figures.
pub fn published(paper: Paper) -> Vec<Published> {
    let figures: &[(&str, &str)] = match paper {
        Paper::Reverb => &[
            ("ImageNet, ResNet-34, T = 4", "70.91 % (a second-hand source; 3.22 points over the best before)"),
            ("energy against a binary network", "+0.52 % (a second-hand source)"),
        ],
        Paper::Contrast => &[("CIFAR-10, CIFAR-100, CIFAR10-DVS", "ahead of earlier work; no table could be read")],
        Paper::Enof => {
            &[("CIFAR-10, ResNet-20, T = 1, 2, 4", "base < either part < both, at every T; no figure could be read")]
        }
        Paper::Shortcut => &[
            ("CIFAR-100, ResNet-18, T = 2", "71.42 % without, 73.68 % with fixed, 74.02 % with evolving branches"),
            ("CIFAR-100, ResNet-34, T = 4", "69.98 % without, 75.67 % with fixed branches"),
        ],
        Paper::Ternary => &[
            ("ImageNet, ResNet-18, T = 4", "61.07 % binary, 66.90 % ternary, 67.68 % with trained amplitude"),
            ("ImageNet, ResNet-34, T = 4", "63.82 % binary, 70.12 % ternary, 70.74 % with trained amplitude"),
            ("CIFAR-10, ResNet-20, T = 2: energy", "50.14 µJ binary, 51.20 µJ ternary"),
        ],
        Paper::Paradigm => &[
            ("ModelNet10, trained at T = 4", "89.62 % at T = 1, 91.05 % at T = 4"),
            ("ModelNet10, trained at T = 1, no noise", "91.99 % at T = 1, 92.32 % at T = 4"),
            ("ModelNet10, trained at T = 1 with noise", "91.66 % at T = 1, 93.31 % at T = 4"),
        ],
        Paper::ImLoss => &[(
            "CIFAR-10, ResNet-19, T = 4, no norm",
            "91.23 % without, 94.29 % with the loss, 94.44 % with the schedule, 94.64 % with both (one second-hand summary)",
        )],
    };
    let published =
        |(setting, figure): &(&str, &str)| Published { setting: (*setting).into(), figure: (*figure).into() };
    figures.iter().map(published).collect()
}
