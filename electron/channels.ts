/** What main and preload say to each other. All else goes over the port that this hands out. */
export const REQUEST_CHANNEL = 'panda:request-port'
export const PORT_CHANNEL = 'panda:port'
/** Shows a run's file in the system's file manager. */
export const SHOW_FILE_CHANNEL = 'panda:show-file'
/** Brings the window to the front, as a notification that was clicked asks for. */
export const FOCUS_CHANNEL = 'panda:focus'
