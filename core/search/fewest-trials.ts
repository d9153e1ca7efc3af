/** Of fewer trials a Gaussian process is not asked what lies between them. */
export const FEWEST_FOR_BELIEF = 5

/** Fewer trials than this are too few to tell apart how much each of so many dimensions matters. */
export const fewestForImportance = (dimensions: number): number => 2 * dimensions + 4
