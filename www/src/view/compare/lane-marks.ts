/** Which colour and line each lane has: it keeps them when another lane is taken away. */
import type { LaneChange } from '../../state/settings';
import type { Store } from '../../state/store';

/** The marks of lanes that come in place of others: a lane that was there keeps its own, another gets the first that is free. */
export function marksAfter(lanes: readonly LaneChange[], before: readonly LaneChange[], marks: readonly number[]): readonly number[] {
  // Where none has come or gone one has been set otherwise, and is the same lane.
  const kept = lanes.map((lane, i) => marks[lanes.length === before.length ? i : before.indexOf(lane)]);
  const free = lanes.map((_, i) => i).filter((mark) => !kept.includes(mark));
  return kept.map((mark) => mark ?? free.shift() ?? 0);
}

export class LaneMarks {
  private marks: readonly number[];

  constructor(store: Store) {
    this.marks = store.state.lanes.map((_, i) => i);
    store.subscribe(({ lanes }, before) => {
      if (lanes !== before.lanes) this.marks = marksAfter(lanes, before.lanes, this.marks);
    });
  }

  /** The mark of the lane at a place, from 0. */
  of(place: number): number {
    return this.marks[place] ?? place;
  }
}
