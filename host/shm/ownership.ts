/** `AllocatedShmOwnership`: uint32 reference count and 12 bytes of padding stand before each object (all releases). */
export const OWNERSHIP_BYTES = 16;
