/** Code in which this process must not be killed, for instance because it holds a mutex of the region. */
export interface CriticalSection {
  enter(): void;
  leave(): void;
}
