import { useEventListener, useMutationObserver, useTimeoutFn } from '@vueuse/core'

const isHeld = (element: Element) => element.isConnected && !element.matches(':disabled')

/** Takes the focus without being a stop of its own, for as long as it has it. */
function lend(element: HTMLElement): void {
  if (!element.hasAttribute('tabindex')) {
    element.tabIndex = -1
    element.addEventListener('blur', () => element.removeAttribute('tabindex'), { once: true })
  }
  element.focus({ preventScroll: true })
}

/** A dialog that closes gives the focus back itself, a moment later. */
const RETURN_MS = 50

/**
 * Keeps the focus where it was when the control that had it goes away or rests: a browser would drop
 * it on the page as a whole, and a keyboard would start over from the top. What holds the control takes
 * the focus, so that Tab goes on from there; a control that only rested gets it back as soon as it can
 * be used. Where a dialog closes that nothing had opened, the view's heading takes it. A click beside
 * everything lets go of the focus on purpose, and nothing is kept.
 */
export function useFocusKeeper(): void {
  /** The control that had the focus last, and what holds it, from the inside out. */
  let held: readonly HTMLElement[] = []
  /** A control that rests, and what has the focus meanwhile. */
  let resting: { readonly control: HTMLElement; readonly place: HTMLElement } | null = null

  const isLost = (control: HTMLElement) =>
    [null, document.body, control].includes(document.activeElement as HTMLElement | null)

  useEventListener(document, 'pointerdown', () => (held = []), { capture: true })
  useEventListener(document, 'focusin', ({ target }) => {
    const chain: HTMLElement[] = []
    for (
      let at = target;
      at instanceof HTMLElement && at !== document.body;
      at = at.parentElement
    ) {
      chain.push(at)
    }
    held = chain
    if (target !== resting?.place) resting = null
  })

  const returned = useTimeoutFn(
    () => {
      if (document.activeElement !== document.body) return
      document.querySelector<HTMLElement>('h1[tabindex="-1"]')?.focus({ preventScroll: true })
    },
    RETURN_MS,
    { immediate: false },
  )

  function keep(): void {
    if (resting !== null && isHeld(resting.control) && document.activeElement === resting.place) {
      return resting.control.focus({ preventScroll: true })
    }
    const [control, ...around] = held
    if (control === undefined || isHeld(control) || !isLost(control)) return
    if (around.some((one) => one.matches('[role=dialog]') && !one.isConnected)) {
      held = []
      returned.start()
      return
    }
    const place = around.find((one) => one.isConnected) ?? document.querySelector('main')
    if (!(place instanceof HTMLElement)) return
    resting = { control, place }
    lend(place)
  }
  useMutationObserver(document.body, keep, {
    childList: true,
    subtree: true,
    attributeFilter: ['disabled'],
  })
}
