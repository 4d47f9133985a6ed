/** Curves on their way into the storage and back. */
import type { RunHistory, StoredHistory } from '../run/history';
import type { KeptCurves, KeptPoints } from './records';

type Points = RunHistory['loss'];

const packed = ({ x, y }: Points): KeptPoints => ({ x: Float64Array.from(x), y: Float64Array.from(y) });
const unpacked = ({ x, y }: KeptPoints): { x: number[]; y: number[] } => ({ x: [...x], y: [...y] });

export function packCurves({ loss, accuracy, heldOutLoss, heldOutAccuracy, gradients }: RunHistory): KeptCurves {
  return {
    loss: packed(loss), accuracy: packed(accuracy), heldOutLoss: packed(heldOutLoss), heldOutAccuracy: packed(heldOutAccuracy),
    gradients: gradients.map(({ name, rms, ratio }) => ({ name, rms: packed(rms), ratio: packed(ratio) })),
  };
}

export function unpackCurves({ loss, accuracy, heldOutLoss, heldOutAccuracy, gradients }: KeptCurves): StoredHistory {
  return {
    loss: unpacked(loss), accuracy: unpacked(accuracy), heldOutLoss: unpacked(heldOutLoss), heldOutAccuracy: unpacked(heldOutAccuracy),
    gradients: gradients.map(({ name, rms, ratio }) => ({ name, rms: unpacked(rms), ratio: unpacked(ratio) })),
  };
}
