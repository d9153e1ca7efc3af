/** Work that is done one piece at a time, in the order it came. */
export class Actor {
  readonly #queue: (() => Promise<void>)[] = []
  #wake: (() => void) | null = null

  /** Resolves or rejects as `work` does, once its turn has come. */
  submit<T>(work: () => T | Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.#queue.push(async () => {
        try {
          resolve(await work())
        } catch (error) {
          reject(error)
        }
      })
      this.#wake?.()
    })
  }

  /** Does what is waiting now. */
  async drain(): Promise<void> {
    for (let work = this.#queue.shift(); work !== undefined; work = this.#queue.shift())
      await work()
  }

  /** Returns when there is work. */
  async idle(): Promise<void> {
    if (this.#queue.length > 0) return
    await new Promise<void>((resolve) => {
      this.#wake = resolve
    })
    this.#wake = null
  }
}
