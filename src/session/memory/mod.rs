//! Memory: what a run needs, known from its config alone before anything of it is allocated, and whether there is room.
//!
//! One estimate for everything that trains or answers: page, command line, lanes side by side, a file of weights. It lies over what
//! a run really takes, by a factor of two and a half at most (`tests/memory.rs`). What does not fit is refused with the number
//! and with what would fit.

mod fit;
mod need;
mod plan;

use need::Need;

use super::{ConfigError, SessionConfig, SessionError};
use crate::data::Form;

const GIB: u64 = 1 << 30;

/// Memory that runs may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Room {
    bytes: u64,
    /// Of one tensor.
    tensor: u64,
    /// Whether something stands in it already.
    is_shared: bool,
}

impl Room {
    /// A room of so many bytes, any of which may be in one piece.
    pub fn of(bytes: u64) -> Self {
        Self { bytes, tensor: bytes, is_shared: false }
    }

    /// What a tab has. WebAssembly has addresses for 4 GiB; the allocator never gives any back and leaves gaps between large
    /// pieces, and phones end a tab long before: half of it is what one can count on. The tensor library counts the bits of a
    /// tensor in 32 bits, so that none may reach 512 MiB.
    pub fn of_a_tab() -> Self {
        Self { bytes: 2 * GIB, tensor: GIB / 2 - 1, is_shared: false }
    }

    /// What there is here: a tab's, or natively all of the machine's memory, 16 GiB where that cannot be told.
    pub fn here() -> Self {
        if cfg!(target_arch = "wasm32") { Self::of_a_tab() } else { Self::of(of_this_machine().unwrap_or(16 * GIB)) }
    }

    /// What is left of it beside so many bytes.
    pub fn beside(self, bytes: u64) -> Self {
        Self { bytes: self.bytes.saturating_sub(bytes), is_shared: self.is_shared || bytes > 0, ..self }
    }

    /// The same, where no tensor may take more than so many bytes, as on a GPU.
    pub fn in_pieces_of(self, bytes: u64) -> Self {
        Self { tensor: self.tensor.min(bytes), ..self }
    }

    /// What somebody is told who has too little.
    fn words(self) -> String {
        let whose = if cfg!(target_arch = "wasm32") { "a tab" } else { "this machine" };
        let left = if self.is_shared { " left" } else { "" };
        format!("{whose} has {}{left}", amount(self.bytes))
    }
}

/// All memory of the machine, where it says so.
fn of_this_machine() -> Option<u64> {
    let told = std::fs::read_to_string("/proc/meminfo").ok()?;
    let line = told.lines().find_map(|line| line.strip_prefix("MemTotal:"))?;
    Some(line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()? * 1024)
}

/// Bytes as people read them.
fn amount(bytes: u64) -> String {
    const MIB: u64 = 1 << 20;
    match bytes {
        tenths if tenths >= 10 * GIB => format!("{} GiB", bytes.div_ceil(GIB)),
        whole if whole >= GIB && whole.is_multiple_of(GIB) => format!("{} GiB", bytes / GIB),
        tenths if tenths >= GIB => format!("{:.1} GiB", bytes as f64 / GIB as f64),
        _ => format!("{} MiB", bytes.div_ceil(MIB)),
    }
}

/// Whether runs side by side have room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    Fits,
    /// Bytes that they need together.
    TooMuch(u64),
    /// Bytes of a tensor that is too large.
    TooLarge(u64),
}

/// Runs, and of each the form and the classes of its samples.
struct Runs<'a> {
    configs: &'a [SessionConfig],
    samples: &'a [(Form, usize)],
}

impl Runs<'_> {
    /// Bytes that the runs take together, and those of their largest tensor. One trains at a time; a checkpoint has all of them.
    fn need(&self) -> (u64, u64) {
        let runs = self.configs.iter().zip(self.samples);
        let needs: Vec<Need> = runs.map(|(config, (form, classes))| Need::of(config, *form, *classes)).collect();
        let sum = |of: fn(&Need) -> u64| needs.iter().map(of).fold(0, u64::saturating_add);
        let most = |of: fn(&Need) -> u64| needs.iter().map(of).max().unwrap_or(0);
        let call = most(|need| need.call).max(sum(|need| need.checkpoint));
        (sum(|need| need.resident).saturating_add(call), most(|need| need.tensor))
    }

    fn verdict(&self, room: Room) -> Verdict {
        match self.need() {
            (_, tensor) if tensor > room.tensor => Verdict::TooLarge(tensor),
            (bytes, _) if bytes > room.bytes => Verdict::TooMuch(bytes),
            _ => Verdict::Fits,
        }
    }
}

/// Bytes that runs side by side take at most, with everything that training, evaluating, probing and checkpoints allocate.
pub fn memory_of(configs: &[SessionConfig], form: Form, classes: usize) -> u64 {
    Runs { configs, samples: &vec![(form, classes); configs.len()] }.need().0
}

/// Multiply-accumulates of a training step, forwards and back, were nothing zero.
pub(super) fn work_of(config: &SessionConfig, form: Form, classes: usize) -> u64 {
    Need::of(config, form, classes).work
}

/// Whether runs side by side fit into a room. The configs must be valid.
///
/// # Errors
///
/// When they do not, with what they need and what would fit.
pub fn check_room(configs: &[SessionConfig], form: Form, classes: usize, room: Room) -> Result<(), ConfigError> {
    check_room_of(configs, &vec![(form, classes); configs.len()], room)
}

/// As [`check_room`], where each run has samples of its own: their form, and how many classes they are of.
pub(super) fn check_room_of(
    configs: &[SessionConfig],
    samples: &[(Form, usize)],
    room: Room,
) -> Result<(), ConfigError> {
    let runs = Runs { configs, samples };
    let (what, need) = match configs.len() {
        1 => ("this run".to_string(), "needs"),
        several => (format!("these {several} runs together"), "need"),
    };
    let too_much = match runs.verdict(room) {
        Verdict::Fits => return Ok(()),
        Verdict::TooMuch(bytes) => format!("{what} {need} about {} of memory, and {}", amount(bytes), room.words()),
        Verdict::TooLarge(bytes) => format!(
            "a layer or its weights would take {} in one piece, and the largest piece that can be had is {}",
            amount(bytes),
            amount(room.tensor)
        ),
    };
    let fitting = fit::what_fits(&runs, room);
    Err(ConfigError { name: fitting.name, value: fitting.value, accepted: format!("{too_much}; {}", fitting.words) })
}

/// Whether a network that answers fits.
pub(super) fn check_answers(
    config: &SessionConfig,
    form: Form,
    classes: usize,
    room: Room,
) -> Result<(), SessionError> {
    let Need { resident, call, tensor, .. } = Need::of_answers(config, form, classes);
    check("answering with this network", resident.saturating_add(call), tensor, room)
}

/// Whether a run that is there can be measured beside itself. `asked`: whether it is compared with a twin, and whether accuracy at
/// other time steps is wanted.
pub(super) fn check_measuring(
    config: &SessionConfig,
    form: Form,
    classes: usize,
    asked: [bool; 2],
    room: Room,
) -> Result<(), SessionError> {
    let (call, tensor) = Need::to_measure(config, form, classes, asked);
    check("measuring this run", call, tensor, room)
}

/// Whether a data set has room that takes so many bytes once it is unpacked.
///
/// # Errors
///
/// When it has not, with what it takes and what there is.
pub fn check_data(bytes: u64, room: Room) -> Result<(), SessionError> {
    check("this data set", bytes, 0, room)
}

/// Whether so many bytes fit, the largest tensor of which takes `tensor`.
fn check(what: &'static str, bytes: u64, tensor: u64, room: Room) -> Result<(), SessionError> {
    if bytes > room.bytes || tensor > room.tensor {
        return Err(SessionError::NoRoom { what, needed: amount(bytes), there: room.words() });
    }
    Ok(())
}

/// Bytes that measuring a run takes at most beside the run itself. `asked`: whether it is compared with a twin, and whether accuracy
/// at other time steps is wanted.
pub fn memory_to_measure(config: &SessionConfig, form: Form, classes: usize, asked: [bool; 2]) -> u64 {
    Need::to_measure(config, form, classes, asked).0
}

/// The fewest bytes that the weights of a config's network take in a file.
pub(super) fn least_bytes(config: &SessionConfig, form: Form, classes: usize, folded: bool) -> u64 {
    let weights = plan::Plan::new(config, form, classes).weights();
    // Those of a folded network may be bits.
    if folded { weights / 8 } else { weights.saturating_mul(4) }
}

/// Bytes that a run takes while it is not at work.
pub(super) fn memory_at_rest(config: &SessionConfig, form: Form, classes: usize) -> u64 {
    Need::of(config, form, classes).resident
}

/// The most points of a cloud that a network answers in a room, up to so many.
pub(super) fn most_points(config: &SessionConfig, classes: usize, room: Room, most: usize) -> usize {
    let fits = |points: usize| {
        let mut config = config.clone();
        config.pointnet.points = points;
        check_answers(&config, Form::Cloud { points }, classes, room).is_ok()
    };
    fit::largest(0, most, fits)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::ImageShape;
    use crate::experiment::{Budget, Paper, experiment};
    use crate::model::PointnetConfig;
    use crate::session::{Change, NetworkKind};

    const MNIST: Form = Form::Image(ImageShape::grey(28, 28));
    const FURNITURE: Form = Form::Cloud { points: 1024 };

    fn refused(config: &SessionConfig) -> String {
        assert_eq!(config.validate(), Ok(()), "every value is allowed");
        let form = if config.network == NetworkKind::Pointnet { FURNITURE } else { MNIST };
        let error = check_room(std::slice::from_ref(config), form, 10, Room::of_a_tab());
        error.expect_err("a refusal").to_string()
    }

    fn of(network: NetworkKind, widths: &[usize], batch: usize, steps: usize) -> SessionConfig {
        SessionConfig { network, widths: widths.to_vec(), batch, steps, ..Default::default() }
    }

    #[test]
    fn settings_that_ended_a_tab_are_refused_with_what_would_fit() {
        let convnet = of(NetworkKind::Conv, &[1024, 1024], 512, 16);
        let smaller = of(NetworkKind::Conv, &[128, 256], 128, 16);
        for config in [convnet, smaller] {
            let said = refused(&config);
            assert!(said.starts_with("batch is ") && said.ends_with(" would fit"), "{said}");
        }
        let turned = |widths: &[usize], head: &[usize]| {
            let pointnet =
                PointnetConfig { points: 16, head: head.to_vec(), feature_transform: true, ..Default::default() };
            SessionConfig { pointnet, ..of(NetworkKind::Pointnet, widths, 2, 1) }
        };
        for config in [turned(&[1024, 64], &[64]), turned(&[512, 128], &[512])] {
            let said = refused(&config);
            assert!(said.starts_with("widths is ") && said.contains("widths of "), "{said}");
        }
    }

    #[test]
    fn what_is_said_to_fit_fits_and_a_little_more_does_not() {
        let config = of(NetworkKind::Conv, &[64, 64], 512, 16);
        let said = refused(&config);
        let batch = said.split("a batch of ").nth(1).and_then(|rest| rest.split(' ').next()).expect("a batch");
        let batch: usize = batch.parse().expect("a number");
        let fits = |batch: usize| {
            let config = SessionConfig { batch, ..config.clone() };
            check_room(&[config], MNIST, 10, Room::of_a_tab()).is_ok()
        };
        assert!(fits(batch) && !fits(batch + 9), "{said}");
    }

    #[test]
    fn lanes_share_the_room() {
        let config = of(NetworkKind::Mlp, &[512], 64, 4);
        let one = memory_of(std::slice::from_ref(&config), MNIST, 10);
        let room = Room::of(one + one / 10);
        assert_eq!(check_room(std::slice::from_ref(&config), MNIST, 10, room), Ok(()));
        let said = check_room(&[config.clone(), config], MNIST, 10, room).expect_err("a refusal").to_string();
        assert!(said.contains("these 2 runs together need about"), "{said}");
    }

    #[test]
    fn what_the_page_offers_fits_a_tab() {
        assert_eq!(check_room(&[SessionConfig::default()], MNIST, 10, Room::of_a_tab()), Ok(()));
        for paper in Paper::ALL {
            for arm in experiment(paper, Budget::Page).arms {
                let form = if arm.config.network == NetworkKind::Pointnet { FURNITURE } else { MNIST };
                assert_eq!(check_room(&[arm.config], form, 10, Room::of_a_tab()), Ok(()), "{paper:?}, {}", arm.name);
            }
        }
    }

    #[test]
    fn a_change_that_does_not_fit_is_told_what_would_fit_in_its_place() {
        let small = of(NetworkKind::Conv, &[128, 128], 16, 16);
        let settings = serde_json::json!({ "batch": 512 }).as_object().expect("an object").clone();
        let changes = vec![Change { step: 120, settings }];
        assert_eq!(check_room(std::slice::from_ref(&small), MNIST, 10, Room::of_a_tab()), Ok(()));
        let said = refused(&SessionConfig { changes: changes.clone(), ..small.clone() });
        assert!(said.starts_with("batch is 512: "), "{said}");
        let batch =
            said.split("a batch of ").nth(1).and_then(|rest| rest.split_once(", in the run's changes too, would fit"));
        let batch: usize = batch.and_then(|(number, _)| number.parse().ok()).expect("a batch");
        let fits = |batch: usize| {
            let mut changes = changes.clone();
            changes[0].settings["batch"] = batch.into();
            let config = SessionConfig { changes, batch: batch.min(small.batch), ..small.clone() };
            check_room(&[config], MNIST, 10, Room::of_a_tab()).is_ok()
        };
        assert!(fits(batch) && !fits(batch + 9), "{said}");
    }

    #[test]
    fn what_a_tab_has_and_what_is_left_of_it_are_told_apart() {
        let config = of(NetworkKind::Mlp, &[512], 64, 4);
        let said =
            |room: Room| check_room(std::slice::from_ref(&config), MNIST, 10, room).expect_err("a refusal").to_string();
        let room = Room::of(2 << 20);
        assert!(said(room).contains("this machine has 2 MiB; "), "{}", said(room));
        assert!(said(room.beside(0)).contains("this machine has 2 MiB; "));
        assert!(said(room.beside(1 << 20)).contains("this machine has 1 MiB left; "), "{}", said(room.beside(1 << 20)));
        let said = check_data(3 << 20, room.beside(1)).expect_err("a refusal").to_string();
        assert_eq!(said, "this data set takes about 3 MiB of memory, and this machine has 2 MiB left");
        assert!(check_data(2 << 20, room).is_ok());
    }

    #[test]
    fn what_the_page_measures_fits_a_tab_beside_the_run() {
        let arms = Paper::ALL.into_iter().flat_map(|paper| {
            let experiment = experiment(paper, Budget::Page);
            let asked = [experiment.with_twin, experiment.with_steps];
            experiment.arms.into_iter().map(move |arm| (arm.config, asked))
        });
        let clouds = SessionConfig { network: NetworkKind::Pointnet, ..Default::default() };
        for (config, asked) in arms.chain([(clouds, [false, true])]) {
            let form = if config.network == NetworkKind::Pointnet { FURNITURE } else { MNIST };
            let room = Room::of_a_tab().beside(memory_at_rest(&config, form, 10));
            assert!(check_measuring(&config, form, 10, asked, room).is_ok(), "{config:?}");
        }
    }

    #[test]
    fn more_time_steps_than_a_run_was_admitted_with_are_counted_before_it_is_measured() {
        // At one step a tab has room for it, at four not.
        let pointnet = PointnetConfig { points: 8192, ..Default::default() };
        let config = SessionConfig { pointnet, ..of(NetworkKind::Pointnet, &[1024, 2048], 2, 1) };
        let [own, others] = [false, true].map(|steps| memory_to_measure(&config, FURNITURE, 10, [false, steps]));
        assert!(own < others, "{own} {others}");
        let check = |room| check_measuring(&config, FURNITURE, 10, [false, true], room);
        assert!(check(Room::of(others)).is_ok());
        let said = check(Room::of(others).beside(1)).expect_err("a refusal").to_string();
        assert!(said.starts_with("measuring this run takes about ") && said.ends_with(" left"), "{said}");
        assert!(check(Room::of(others).in_pieces_of(1 << 20)).is_err());
    }

    #[test]
    fn amounts_are_read_easily() {
        let amounts = [3 << 20, (3 << 20) + 1, 2 * GIB, 2 * GIB + GIB / 4, 40 * GIB + 1].map(amount);
        assert_eq!(amounts, ["3 MiB", "4 MiB", "2 GiB", "2.2 GiB", "41 GiB"]);
    }
}
