/** Of the memory that is free, what trials may take: the rest is for the window and for other programs. */
const SHARE = 0.6

/** What all trials of a study together may take now, in bytes. */
export const freeForTrials = (): number => SHARE * process.availableMemory()
