/** An error in [0, 1] at a tick of an axis: `2.5 %`. */
export const writeError = (share: number): string => `${Number((share * 100).toPrecision(3))} %`
