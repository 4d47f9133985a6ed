/** What an engine asks of the view whose run it drives. */
import type { Run } from '../worker/protocol';
import type { StoredHistory } from './history';
import type { Checkpoint } from './slot';

/** A run that has been put by, to go on in this page or another. */
export interface StoredRun extends Pick<Checkpoint, 'configs' | 'bytes'> {
  /** One for each lane; what comes after the checkpoint's step is left out. */
  readonly histories: readonly StoredHistory[];
}

/** A run that has been put by was not taken up: something else was wanted before its lanes stood. */
export class PassedOver extends Error {
  override readonly name = 'PassedOver';

  constructor() {
    super('Something else was wanted before it was open.');
  }
}

/** What a view makes of its engine. */
export interface Client {
  /** The run in a sentence: "training", "the race". */
  readonly called: string;
  /** Where the run stands: "step 12". */
  readonly place: string;
  /** Whether a person looks at it; otherwise it does nothing of its own accord. */
  readonly shown: boolean;
  /** Whether the run still needs what a lane trains. */
  needs(lane: number): boolean;
  /** What is to be opened. It may change while that is done. */
  wanted(): readonly Run[];
  /** Other lanes stand, in place of those that had come so many steps. */
  opened(before: number): void;
  /** The lanes do something else from here on: these are their runs by now. Where lanes are never changed on their way it is not there. */
  adjusted?(configs: readonly Run[]): void;
  /** The core does not have them do that; they stay as they are. */
  unchanged?(error: unknown): void;
  /** Fetches what is shown of lanes that have been opened. */
  present(): Promise<void>;
  /** The run begins to go. */
  begin(): void;
  /** The next piece of it. Ends the run with [`Engine.end`] where nothing is left to do. */
  turn(): Promise<void>;
  /** The run has come to stand. */
  ended(): void;
  /** What can wait until then. It goes on as long as `still` holds. */
  rest(still: () => boolean): Promise<void>;
  /** The lanes went back to their last checkpoint. */
  rewound(): void;
  /** Nothing more is done until somebody asks for it. */
  failed(error: unknown): void;
}
