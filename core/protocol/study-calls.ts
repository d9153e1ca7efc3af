import { z } from 'zod'
import { call } from './call.ts'
import { searchSpace } from './space.ts'
import { adoptRequest, adviceRequest, curvesQuery } from './study.ts'
import type {
  AdoptReply,
  Advice,
  StudyInsight,
  StudySnapshot,
  StudySummary,
  TrialCurve,
} from './study.ts'

/** A study's name, a unique prefix of it, or the path of a `.study` file. */
const study = z.string().min(1).max(4096)

/** Where a study is, after it came to be or was moved. */
export interface StudyPlaceReply {
  readonly study: string
  readonly file: string
}

/** What can be asked about searches. */
export const STUDY_CALLS = {
  'studies:list': call<readonly StudySummary[]>()(z.tuple([])),
  /**
   * `config` as a person wrote it, of a study; it is checked here. Paths in it are relative to `base`. With a
   * `run` the trials train on its data, wherever they lie or packed in its file, and on its config where
   * `config` has no `run` of its own.
   */
  'study:create': call<StudyPlaceReply & { readonly trials: number }>()(
    z.tuple([
      z.strictObject({
        config: z.unknown(),
        name: z.string().max(200).optional(),
        base: z.string().max(4096).optional(),
        run: z.string().min(1).max(4096).optional(),
      }),
    ]),
  ),
  /** The state of a study, live or resting. Touches nothing. */
  'study:show': call<StudySnapshot>()(z.tuple([study])),
  /** Starts trials or goes on with them; acknowledged before the first step. */
  'study:resume': call<null>()(
    z.tuple([study, z.strictObject({ parallel: z.int().min(1).max(256).optional() }).optional()]),
  ),
  /** Acknowledged when every trial stands still and is saved. */
  'study:pause': call<null>()(z.tuple([study])),
  /** Gives up a trial; what it recorded stays. */
  'study:cancel': call<null>()(z.tuple([study, z.int().positive()])),
  'study:add-trials': call<null>()(z.tuple([study, z.int().min(1).max(100_000)])),
  /** Later trials are proposed in another space. */
  'study:change-space': call<null>()(z.tuple([study, searchSpace])),
  /** Curves of trials that have any, in the order of their numbers; of a copied one its own part alone. */
  'study:curves': call<readonly TrialCurve[]>()(z.tuple([study, curvesQuery])),
  /** What the trials so far say of the space. Takes a moment. */
  'study:insight': call<StudyInsight>()(z.tuple([study])),
  /** Makes a run whose day 0 is a trial. */
  'study:adopt': call<AdoptReply>()(z.tuple([study, adoptRequest])),
  /** Refused while it runs. */
  'study:rename': call<StudyPlaceReply>()(z.tuple([study, z.string().min(1).max(200)])),
  /** Into the system's trash, whence it can be had back. Refused while it runs. */
  'study:delete': call<StudyPlaceReply>()(z.tuple([study])),
  /** Measures a step of a config, and says what the time one has is enough for. Takes some seconds. */
  'search:advise': call<Advice>()(z.tuple([adviceRequest])),
} as const
