/** What the views that train say of their runs. */
import { settingsOf, type Experiments } from '../run/experiment';
import type { StoredHistory } from '../run/history';
import type { Lane } from '../run/lane';
import type { Race, Series } from '../run/race';
import type { TrainRun } from '../run/train';
import type { AppState } from '../state/settings';
import { packCurves, unpackCurves } from './curves';
import type { Kept } from './kept-view';
import { runLink, stateOf } from './place';
import { RecordUnusable, type KeptCurves } from './records';
import type { Standing } from './run-keeper';

const OTHER_VIEW = 'What is kept of it is damaged.';

export function keptTraining(training: TrainRun, state: () => AppState): Kept {
  return {
    view: 'train', engine: training.engine, continues: false, ofLanes: true, results: undefined,
    get passes() { return training.history.heldOutAccuracy.x.length; },
    link: () => runLink('train', state()),
    standing: () => ({
      step: training.step, planned: training.plannedSteps, epoch: training.epoch,
      heldOut: training.history.heldOutAccuracy.y.at(-1), heldOutStep: training.history.heldOutAccuracy.x.at(-1),
      seedsDone: 0, seedsPlanned: 0, hasNetwork: true, progress: { view: 'train', curves: packCurves(training.history) },
    }),
    resume: async ({ body: { progress } }, bytes) => {
      if (progress.view !== 'train' || bytes === undefined) throw new RecordUnusable(OTHER_VIEW);
      await training.resume({ configs: training.wanted(), bytes, histories: [unpackCurves(progress.curves)] });
    },
    start: () => { training.start('paused'); },
  };
}

export function keptRace(race: Race, state: () => AppState): Kept {
  let series: Series = race.series;
  // What a series gave is forgotten with its settings, before its last checkpoint is taken.
  race.subscribe(() => {
    if (race.engine.standing && !race.engine.opening) ({ series } = race);
  });
  return {
    view: 'compare', engine: race.engine, ofLanes: true,
    get continues() { return race.series.results.length > 0; },
    get results() { return race.series.results; },
    get passes() { return sum(race.lanes.map(({ history }) => history.heldOutAccuracy.x.length)); },
    link: () => runLink('compare', state()),
    standing: () => {
      const { results, seeds, seed } = series;
      return {
        step: race.step, planned: race.plannedSteps, epoch: race.step / race.stepsPerEpoch, ...best(race.lanes),
        seedsDone: results.length, seedsPlanned: results.length + seeds.length,
        // Between two seeds the lanes are those of the seed that is through.
        hasNetwork: seed === undefined || seed === race.seed,
        progress: {
          view: 'compare', lanes: race.lanes.map(({ history }) => packCurves(history)),
          results: results.map((result) => ({ ...result, accuracies: [...result.accuracies] })), seeds: [...seeds], seriesSeed: seed,
        },
      };
    },
    resume: async ({ body: { progress } }, bytes) => {
      if (progress.view !== 'compare') throw new RecordUnusable(OTHER_VIEW);
      const { results, seeds, seriesSeed, lanes } = progress;
      await race.resume({ results, seeds, seed: seriesSeed }, bytes === undefined ? undefined : { bytes, histories: all(lanes) });
    },
    start: () => { race.start('paused'); },
  };
}

export function keptExperiments(experiments: Experiments): Kept {
  const { engine } = experiments;
  return {
    view: 'papers', engine,
    get ofLanes() { return engine.standing; },
    get continues() { return (experiments.open?.measured.length ?? 0) > 0; },
    get results() { return experiments.open?.measured; },
    // Its lanes are measured in the end, and not before.
    passes: 0,
    link: () => runLink('papers', undefined, experiments.open?.paper),
    standing: () => {
      const trial = experiments.open;
      const [measured, arms] = [trial?.measured ?? [], trial?.arms ?? []];
      const isUnderWay = trial !== undefined && engine.standing && trial.status !== 'done';
      const steps = isUnderWay ? engine.lanes.map(({ step }) => step) : [];
      return {
        step: sum(steps), planned: sum(engine.lanes.map(({ info, config }) => info.stepsPerEpoch * config.epochs)),
        epoch: sum(engine.lanes.map(({ epoch }) => epoch)), heldOut: undefined, heldOutStep: undefined,
        seedsDone: measured.length, seedsPlanned: trial?.seeds ?? 0, hasNetwork: isUnderWay,
        progress: {
          view: 'papers', arms: settingsOf(trial?.info), seeds: trial?.seeds ?? 0, measured: measured.map((seed) => [...seed]),
          begun: isUnderWay ? { measured: [...arms], lanes: engine.lanes.map(({ history }) => packCurves(history)) } : undefined,
        },
      };
    },
    resume: async ({ head, body: { progress } }, bytes) => {
      const { paper } = stateOf(head);
      if (progress.view !== 'papers' || paper === undefined) throw new RecordUnusable(OTHER_VIEW);
      const { seeds, measured, arms, begun } = progress;
      const under = begun === undefined || bytes === undefined ? undefined : { arms: begun.measured, run: { bytes, histories: all(begun.lanes) } };
      const isSame = await experiments.takeUp(paper, { seeds, measured, identity: head.identity, armsAre: arms }, under);
      if (!isSame) throw new RecordUnusable('The experiment or its data are others in this version of the page.');
    },
    start: () => {
      const trial = experiments.open;
      if (trial !== undefined) experiments.start(trial.paper, trial.seeds);
    },
  };
}

function all(curves: readonly KeptCurves[]): StoredHistory[] {
  return curves.map(unpackCurves);
}

/** The best lane's newest accuracy on the held-out samples, and the step that it is of. */
function best(lanes: readonly Lane[]): Pick<Standing, 'heldOut' | 'heldOutStep'> {
  const known = lanes.flatMap(({ history: { heldOutAccuracy: { x, y } } }) => {
    const [heldOutStep, heldOut] = [x.at(-1), y.at(-1)];
    return heldOutStep === undefined || heldOut === undefined || Number.isNaN(heldOut) ? [] : [{ heldOut, heldOutStep }];
  });
  return known.sort((one, other) => other.heldOut - one.heldOut)[0] ?? { heldOut: undefined, heldOutStep: undefined };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
