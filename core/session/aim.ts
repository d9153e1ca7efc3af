import type { TrainAmount, TrainGoal } from '../protocol/run.ts'
import { goalOf, stopAfter } from './position.ts'
import type { Calendar, Position } from './position.ts'

/** Where training is to stop by itself. */
export class Aim {
  #goal: TrainGoal | null = null
  #isReached: ReturnType<typeof stopAfter> = () => false

  /** As a view shows it; null: when it is stopped. */
  get goal(): TrainGoal | null {
    return this.#goal
  }

  /** Takes an amount, counted from this place. */
  set(amount: TrainAmount, position: Position, calendar: Calendar, trainExamples: number): void {
    this.#goal = goalOf(amount, position, calendar, trainExamples)
    this.#isReached = stopAfter(amount, position, calendar, trainExamples)
  }

  clear(): void {
    this.#goal = null
    this.#isReached = () => false
  }

  isReached(position: Position, calendar: Calendar): boolean {
    return this.#isReached(position, calendar)
  }
}
