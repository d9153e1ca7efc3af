/** α / (1 + decay · epoch), by whole epochs. */
export const scheduledLearningRate = (base: number, decay: number, epoch: number): number =>
  base / (1 + decay * Math.floor(epoch))
