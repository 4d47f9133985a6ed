//! What a run allocates, from its plan: bytes at rest and bytes of its largest call, over rather than under. The counts follow
//! what the code keeps (named beside each); `tests/memory.rs` holds them against an allocator that counts.

use super::plan::{Around, Layer, Plan, times};
use crate::data::Form;
use crate::method::shortcut::ShortcutKind;
use crate::session::evaluation::samples_in_pass;
use crate::session::measure::{COMPARED, FOLDED, STEPS};
use crate::session::{OptimiserKind, SessionConfig, UnitKind};

/// Bytes of a number.
const NUMBER: u64 = 4;
/// States of a run at rest: as it is, and before its last step.
const AT_REST: u64 = 2;
/// States that a call to train keeps besides: as it began, and before its last step.
const TRAINING: u64 = 2;
/// What a run has besides: a diary, an order of samples, an operation's scratch.
const BESIDES: u64 = 1 << 20;
/// Rows that a product packs at a time: an event takes two numbers, what it was turned from one.
const PACKED: u64 = 128 * 3;
/// Images in a pass for one.
const COPIES: u64 = 2;

/// What one run needs, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Need {
    /// All the while.
    pub resident: u64,
    /// Beyond that in a call, at most.
    pub call: u64,
    /// Beyond that while a checkpoint is written.
    pub checkpoint: u64,
    /// Its largest tensor.
    pub tensor: u64,
    /// Multiply-accumulates of a training step, forwards and back, were nothing zero.
    pub work: u64,
}

impl Need {
    /// Of a training run, before and after each of its changes.
    pub fn of(config: &SessionConfig, form: Form, classes: usize) -> Self {
        let stages = config.stages().unwrap_or_default();
        let needs = stages.iter().map(|stage| Self::at(&stage.config, form, classes));
        needs.reduce(Self::most).unwrap_or_else(|| Self::at(config, form, classes))
    }

    /// What is enough for both.
    fn most(self, other: Self) -> Self {
        Self {
            resident: self.resident.max(other.resident),
            call: self.call.max(other.call),
            checkpoint: self.checkpoint.max(other.checkpoint),
            tensor: self.tensor.max(other.tensor),
            work: self.work.max(other.work),
        }
    }

    fn at(config: &SessionConfig, form: Form, classes: usize) -> Self {
        let own = Run::new(config, form, classes);
        if !config.methods().need_twin() {
            return own.need(0);
        }
        // First the twin trains beside the weights that wait for it, then it guides.
        let config_of_twin = config.twin(form);
        let twin = Run::new(&config_of_twin, form, classes);
        let (alone, guided) = (twin.need(0), own.need(twin.plan.numbers()));
        let waiting = own.plan.numbers() * NUMBER + alone.resident;
        let guide = times(&[NUMBER, twin.pass(config.batch as u64, 1)]);
        Self {
            resident: guided.resident.max(waiting),
            call: guided.call.saturating_add(guide).max(alone.call),
            tensor: guided.tensor.max(alone.tensor),
            work: guided.work.saturating_add(alone.work / 3),
            ..guided
        }
    }

    /// Of a network that answers, a sample at a time, and shows all its spikes.
    pub fn of_answers(config: &SessionConfig, form: Form, classes: usize) -> Self {
        let run = Run::new(config, form, classes);
        let (numbers, probe) = (run.plan.numbers(), run.probe());
        Self {
            // As it was drawn, as it was read, as it is folded or packed for events.
            resident: times(&[NUMBER, 4, numbers]).saturating_add(BESIDES),
            call: times(&[NUMBER, probe]),
            checkpoint: 0,
            tensor: times(&[NUMBER, run.plan.largest_parameter().max(run.widest(run.evaluated, COPIES))]),
            work: times(&[COPIES, run.plan.work(run.evaluated)]),
        }
    }

    /// Bytes that measuring a run takes beside it, and those of its largest tensor: with a twin to compare it with, and at other
    /// time steps, if asked.
    pub fn to_measure(config: &SessionConfig, form: Form, classes: usize, [twin, steps]: [bool; 2]) -> (u64, u64) {
        let run = Run::new(config, form, classes);
        // Rectified units have a single step, whatever is asked for.
        let others = STEPS.into_iter().filter(|_| steps && config.units == UnitKind::Spiking).map(|steps| steps as u64);
        let at: Vec<u64> = others.chain([run.evaluated]).collect();
        let evaluations = at.iter().map(|steps| run.evaluation(*steps)).max().unwrap_or(0);
        let folding = if steps { 0 } else { run.folding() };
        let comparing = if twin { run.comparing() } else { 0 };
        let call = evaluations.max(folding).max(comparing);
        let tensor = at.iter().map(|steps| run.widest(*steps, run.samples_in_pass(*steps))).max().unwrap_or(0);
        (times(&[NUMBER, call]).saturating_add(BESIDES), times(&[NUMBER, tensor]))
    }
}

/// A config with its plan. What follows is in numbers, not in bytes.
struct Run<'a> {
    config: &'a SessionConfig,
    plan: Plan,
    is_over_time: bool,
    steps: u64,
    evaluated: u64,
    batch: u64,
}

impl<'a> Run<'a> {
    fn new(config: &'a SessionConfig, form: Form, classes: usize) -> Self {
        let plan = Plan::new(config, form, classes);
        let steps = if config.units == UnitKind::Relu { 1 } else { config.steps as u64 };
        let (is_over_time, evaluated) = (config.is_over_time(form), config.evaluation_steps() as u64);
        Self { config, plan, is_over_time, steps, evaluated, batch: config.batch as u64 }
    }

    /// `twin` numbers guide it.
    fn need(&self, twin: u64) -> Need {
        let numbers = self.plan.numbers().saturating_add(self.branches());
        let moments = if self.config.optimiser == OptimiserKind::Adam { 2 } else { 1 };
        let (state, memory) = (times(&[numbers, 1 + moments]), self.memory());
        let kept = state.saturating_add(memory);
        // An evaluation keeps the weights that it began with.
        let resident = times(&[AT_REST, kept]).saturating_add(numbers).saturating_add(twin);
        let train = self.train().saturating_add(numbers).saturating_add(times(&[TRAINING, kept]));
        let call = train.max(self.evaluation(self.evaluated)).max(self.probe());
        // Read back, then as bytes, then as one file.
        let checkpoint = times(&[2, kept.saturating_add(twin)]).saturating_add(self.plan.largest_parameter());
        let passes = self.samples_in_pass(self.evaluated);
        let shown = self.shown(self.batch, self.steps).max(self.shown(passes, self.evaluated));
        let widest = self.widest(self.steps, self.batch).max(shown);
        let tensor = self.plan.largest_parameter().max(self.memory()).max(widest);
        Need {
            resident: times(&[NUMBER, resident]).saturating_add(BESIDES),
            call: times(&[NUMBER, call]),
            checkpoint: times(&[NUMBER, checkpoint]),
            tensor: times(&[NUMBER, tensor.max(self.widest(self.evaluated, passes))]),
            work: times(&[3, self.batch, self.plan.work(self.steps)]),
        }
    }

    /// Rows of a layer's currents: those that are the same at every time step are there once.
    fn rows(layer: &Layer, steps: u64, batch: u64) -> u64 {
        if layer.constant { batch } else { batch * steps }
    }

    /// The numbers of the widest layer over a batch and all time steps, or of what turns points.
    fn widest(&self, steps: u64, batch: u64) -> u64 {
        let layers = self.plan.layers.iter().map(|layer| layer.outputs.max(layer.inputs));
        let turns = self.plan.turns.iter().map(|turn| times(&[turn.channels, turn.channels.max(turn.points)]));
        times(&[steps, batch, layers.chain(turns).max().unwrap_or(0)])
    }

    /// The numbers of samples as they flow in: of a still once, of what is another at each time step with a copy of it by samples.
    fn shown(&self, batch: u64, steps: u64) -> u64 {
        // Rectified units take the mean over the time steps of those that they guide.
        let steps = if self.config.units == UnitKind::Relu { self.config.steps as u64 } else { steps };
        times(&[batch, if self.is_over_time { 2 * steps } else { 1 }, self.plan.input])
    }

    /// What a training step keeps for the way back, and what the way back needs at once.
    fn train(&self) -> u64 {
        let (batch, all) = (self.batch, self.batch * self.steps);
        let traced = self.config.methods().im_loss.needs_potentials();
        let binary = self.config.reverb.weights == crate::layer::WeightKind::Binary;
        let of_layer = |layer: &Layer| {
            let rows = Self::rows(layer, self.steps, batch);
            // The synapse's sums, and what the norm makes of them.
            let mut currents = if self.config.batch_norm { 2 } else { 1 };
            // A mask and what it leaves.
            currents += if layer.drops { 2 } else { 0 };
            // Spikes and potentials; once more where a loss takes both.
            let mut sent = if layer.spikes { 2 + if traced { 3 } else { 0 } } else { 1 };
            // Both ways, and the own sums of the one around.
            sent += match layer.around {
                Around::Nothing => 0,
                Around::Identity => 1,
                Around::Projection => 3,
            };
            let numbers = times(&[rows, currents, layer.outputs]).saturating_add(times(&[all, sent, layer.outputs]));
            // Behind the pooling, with the points that won.
            let pooled = if layer.pooled { times(&[all, 2, layer.outgoing]) } else { 0 };
            numbers.saturating_add(pooled).saturating_add(if binary { 8 * layer.weights } else { 0 })
        };
        let layers = self.plan.layers.iter().map(of_layer).fold(0, u64::saturating_add);
        let back = times(&[4, self.widest(self.steps, batch)]);
        let ends = times(&[2, self.shown(batch, self.steps)]).saturating_add(times(&[all, 8, self.plan.classes]));
        [layers, self.turns(all), back, ends, self.contrast(), self.scratch()].into_iter().fold(0, u64::saturating_add)
    }

    /// Matrices with and without the identity and their gradients, products, and what keeps them near orthogonal.
    fn turns(&self, rows: u64) -> u64 {
        let of = |turn: &super::plan::Turn| {
            let matrices = times(&[6, rows, turn.channels, turn.channels]);
            matrices.saturating_add(times(&[3, rows, turn.points, turn.channels]))
        };
        self.plan.turns.iter().map(of).fold(0, u64::saturating_add)
    }

    /// Weights in blocks, packed rows and gradients of weights, of one operation.
    fn scratch(&self) -> u64 {
        let of = |layer: &Layer| {
            let packed = times(&[PACKED, layer.weights / layer.channels.max(1)]);
            times(&[3, layer.weights]).saturating_add(packed).saturating_add(3 * layer.inputs)
        };
        self.plan.layers.iter().map(of).max().unwrap_or(0).max(2 * self.plan.largest_parameter())
    }

    /// Closeness of a batch to itself and to what is remembered, for each layer.
    fn contrast(&self) -> u64 {
        let contrast = self.config.contrast;
        if contrast.contrast <= 0.0 {
            return 0;
        }
        let others = self.batch + contrast.contrast_memory as u64;
        times(&[8, self.plan.layers.len() as u64, self.batch, others]).saturating_add(3 * self.memory())
    }

    /// What is remembered of earlier samples.
    fn memory(&self) -> u64 {
        let contrast = self.config.contrast;
        let samples = if contrast.contrast > 0.0 { contrast.contrast_memory as u64 } else { 0 };
        times(&[samples, self.plan.layers.iter().map(|layer| layer.channels).sum()])
    }

    /// Readouts of shallow layers: three of them at most, or one a stage.
    fn branches(&self) -> u64 {
        if self.config.shortcut.shortcut == ShortcutKind::Off {
            return 0;
        }
        let widest = self.plan.layers.iter().map(|layer| layer.channels + 1).max().unwrap_or(0);
        times(&[4, widest, self.plan.classes])
    }

    /// A pass without a way back: what each layer sends and what flowed in, and two of the widest on their way.
    fn pass(&self, batch: u64, steps: u64) -> u64 {
        let of = |layer: &Layer| times(&[layer.outputs, Self::rows(layer, steps, batch) + batch * steps]);
        let layers = self.plan.layers.iter().map(of).fold(0, u64::saturating_add);
        let way = times(&[2, self.widest(steps, batch)]);
        let ends = times(&[2, self.shown(batch, steps)]).saturating_add(times(&[4, batch, self.plan.classes, steps]));
        [layers, way, ends, self.turns(batch * steps), self.scratch()].into_iter().fold(0, u64::saturating_add)
    }

    /// Samples that an evaluation of so many time steps passes at once.
    fn samples_in_pass(&self, steps: u64) -> u64 {
        let widest = self.plan.layers.iter().map(|layer| layer.outputs).max().unwrap_or(1);
        samples_in_pass(widest, steps)
    }

    /// What all layers send.
    fn sent(&self, batch: u64, steps: u64) -> u64 {
        times(&[batch, steps, self.plan.layers.iter().map(|layer| layer.outputs).fold(0, u64::saturating_add)])
    }

    /// A pass over held-out samples, whose spikes are read back and counted, layer after layer.
    fn evaluation(&self, steps: u64) -> u64 {
        let batch = self.samples_in_pass(steps);
        self.pass(batch, steps).saturating_add(self.widest(steps, batch))
    }

    /// Passes of a few samples through the network and the folded one, what both sent, and what of it is read back.
    fn folding(&self) -> u64 {
        let batch = FOLDED as u64;
        let read = times(&[2, self.sent(batch, self.steps)]).saturating_add(self.widest(self.steps, batch));
        times(&[2, self.pass(batch, self.steps)]).saturating_add(read).saturating_add(self.plan.numbers())
    }

    /// A pass over held-out samples, and what both networks make of those that are compared.
    fn comparing(&self) -> u64 {
        let channels = self.plan.layers.iter().map(|layer| layer.channels).fold(self.plan.classes, u64::saturating_add);
        // How near each sample is to each, of both networks.
        let near = times(&[4, COMPARED as u64, COMPARED as u64]);
        let kept = times(&[2, COMPARED as u64, channels]).saturating_add(near);
        self.pass(self.samples_in_pass(self.steps), self.steps).saturating_add(kept)
    }

    /// A pass of one sample, all of which is read back: spikes and potentials, as tensors, as read and as they are shown.
    fn probe(&self) -> u64 {
        self.pass(COPIES, self.evaluated).saturating_add(times(&[3, self.sent(COPIES, self.evaluated)]))
    }
}
