/** Whether notifications may be shown outside the window, after asking if nobody was asked yet. */
export async function askForDesktop(): Promise<NotificationPermission | 'unsupported'> {
  if (!('Notification' in globalThis)) return 'unsupported'
  if (Notification.permission !== 'default') return Notification.permission
  return Notification.requestPermission()
}

/** What to do where they may not. */
export function remedyFor(answer: Exclude<NotificationPermission, 'granted'> | 'unsupported') {
  switch (answer) {
    case 'unsupported':
      return {
        message: 'This browser has no notifications',
        remedy: 'Open Panda in another one, or use the desktop app.',
      }
    case 'denied':
      return {
        message: 'Notifications are blocked for this page',
        remedy:
          'Allow them in the browser’s settings for this page (the icon left of the address), then switch this on again.',
      }
    case 'default':
      return {
        message: 'The question was left open, so nothing will be shown',
        remedy: 'Switch it on again and choose Allow.',
      }
  }
}
