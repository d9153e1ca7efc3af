import { shallowRef, watch } from 'vue'
import type { ShallowRef } from 'vue'
import type { StudySnapshot } from '../../../core/protocol/study.ts'
import { drawnAlike } from '../curves/layers.ts'

/** The snapshot as it last looked different: most of those that come draw nothing anew. */
export function useDrawn(snapshot: () => StudySnapshot): Readonly<ShallowRef<StudySnapshot>> {
  const drawn = shallowRef(snapshot())
  watch(snapshot, (now) => {
    if (!drawnAlike(now, drawn.value)) drawn.value = now
  })
  return drawn
}
