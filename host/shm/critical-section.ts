/** Told of the time in which this process holds a mutex of the region, or must not end for another reason. */
export interface CriticalSection {
  enter(): void;
  leave(): void;
}
