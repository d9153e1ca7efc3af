import { computed, shallowRef } from 'vue'
import { featuresOf, planesOf } from './frame.ts'
import type { Frame } from './frame.ts'
import { asDigit, emptyPicture } from './picture.ts'
import type { Picture } from './picture.ts'
import { edited } from './strokes.ts'
import type { Edit, Place } from './strokes.ts'

/** A drawing is kept finer than the network sees it, so that scaling it leaves soft edges. */
const FINEST_SIDE = 224

/** A drawing, or a picture that is drawn on; what the network sees of it; and the way back, edit by edit. */
export function useDrawing(frame: () => Frame) {
  /** An example or a picture from outside, in the network's own pixels; null: an empty sheet. */
  const base = shallowRef<Float32Array | null>(null)
  const edits = shallowRef<readonly Edit[]>([])
  const stroke = shallowRef<Extract<Edit, { kind: 'stroke' }> | null>(null)

  const paper = computed<readonly Picture[]>(() => {
    const { width, height } = frame()
    if (base.value !== null) return planesOf(base.value, frame())
    const finer = Math.max(1, Math.floor(FINEST_SIDE / Math.max(width, height)))
    return [emptyPicture(width * finer, height * finer)]
  })
  // What is done stays done while the pen moves: only its own stroke is drawn again.
  const done = computed(() => paper.value.map((plane) => edited(plane, edits.value)))
  /** What is on the sheet now. */
  const planes = computed(() => {
    const current = stroke.value
    return current === null ? done.value : done.value.map((plane) => edited(plane, [current]))
  })
  const isEmpty = computed(
    () => base.value === null && edits.value.length === 0 && stroke.value === null,
  )
  /** What the network gets. */
  const features = computed(() => {
    const { width, height, channels } = frame()
    if (base.value !== null) return featuresOf(planes.value)
    const digit = asDigit(planes.value[0] ?? emptyPicture(width, height), width, height)
    return featuresOf(Array.from({ length: channels }, () => digit))
  })

  function begin(place: Place, width: number, erases: boolean): void {
    stroke.value = { kind: 'stroke', places: [place], width, erases }
  }
  function extend(places: readonly Place[]): void {
    if (stroke.value === null) return
    stroke.value = { ...stroke.value, places: [...stroke.value.places, ...places] }
  }
  function end(): void {
    if (stroke.value === null) return
    edits.value = [...edits.value, stroke.value]
    stroke.value = null
  }
  function move(right: number, down: number): void {
    end()
    if (isEmpty.value) return
    const { width, height } = frame()
    edits.value = [...edits.value, { kind: 'shift', right: right / width, down: down / height }]
  }
  /** Takes the last edit back; without any, the picture below goes. */
  function undo(): void {
    if (stroke.value !== null) stroke.value = null
    else if (edits.value.length > 0) edits.value = edits.value.slice(0, -1)
    else base.value = null
  }
  function start(from: Float32Array | null): void {
    base.value = from
    edits.value = []
    stroke.value = null
  }

  return { base, planes, features, isEmpty, stroke, begin, extend, end, move, undo, start }
}

export type Drawing = ReturnType<typeof useDrawing>
