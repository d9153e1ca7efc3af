import { LOSS_TABLE } from '../nn/losses.ts'
import type { NetworkPlan } from '../nn/plan.ts'
import { sizeOf } from '../tape/shapes.ts'
import type { EngineSpec } from './engine.ts'
import type { Memory } from './memory.ts'
import type { Runtime } from './runtime.ts'
import { TARGETS } from './targets.ts'

/** What every pass of one engine shares. */
export interface Setting {
  readonly spec: EngineSpec
  readonly plan: NetworkPlan
  readonly memory: Memory
  readonly runtime: Runtime
}

export const targetOf = ({ loss }: EngineSpec) => TARGETS[LOSS_TABLE[loss.name].target]

/** The width of the last layer. */
export const columnsOf = ({ outputShape }: NetworkPlan): number => outputShape.at(-1) ?? 0

/** Answers per example: 1, or one per place of a sequence. */
export const positionsOf = ({ outputShape }: NetworkPlan): number =>
  sizeOf(outputShape.slice(0, -1))
