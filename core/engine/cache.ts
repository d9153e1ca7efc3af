/** Keeps the last few things made, by batch size. What is pushed out is released. */
export class Cache<T extends { release(): Promise<void> }> {
  readonly #entries = new Map<number, T>()
  readonly #capacity: number
  readonly #create: (key: number) => Promise<T>

  constructor(capacity: number, create: (key: number) => Promise<T>) {
    this.#capacity = capacity
    this.#create = create
  }

  has(key: number): boolean {
    return this.#entries.has(key)
  }

  async get(key: number): Promise<T> {
    const found = this.#entries.get(key)
    const entry = found ?? (await this.#create(key))
    this.#entries.delete(key) // entries stand in the order of their last use
    this.#entries.set(key, entry)
    const oldest = this.#entries.keys().next()
    if (this.#entries.size > this.#capacity && !oldest.done) {
      const evicted = this.#entries.get(oldest.value)
      this.#entries.delete(oldest.value)
      await evicted?.release()
    }
    return entry
  }

  async clear(): Promise<void> {
    const entries = [...this.#entries.values()]
    this.#entries.clear()
    for (const entry of entries) await entry.release()
  }
}
