/** What main and preload say to each other. All else goes over the port that this hands out. */
export const REQUEST_CHANNEL = 'panda:request-port'
export const PORT_CHANNEL = 'panda:port'
