/** An unmodified Triton server that a public wheel carries. */
export interface TritonRelease {
  /** The release as NVIDIA's containers and the python backend's branches name it. */
  readonly release: string;
  /** The server's own version number. */
  readonly server: string;
  /** Version of the `nvidia-pytriton` package with that server inside. */
  readonly wheel: string;
  /** Hash of the wheel `nvidia_pytriton-<wheel>-py3-none-manylinux_2_35_x86_64.whl`. */
  readonly sha256: string;
}

export const DEFAULT_RELEASE = "23.12";

/** Every server that the tests can run, oldest first. */
export const TRITON_RELEASES: readonly TritonRelease[] = [
  {
    release: "23.10",
    server: "2.39.0",
    wheel: "0.4.2",
    sha256: "8f79e8bda28961a49d5c64474c17664e10b1bb08018b7ee7bcbd81bcff86e266",
  },
  {
    release: "23.12",
    server: "2.41.0",
    wheel: "0.5.0",
    sha256: "f46a3c03fb0893948f57c1d5470998a6f403f2c8036d7af944c817a8fba31a46",
  },
  {
    release: "24.01",
    server: "2.42.0",
    wheel: "0.5.2",
    sha256: "810531f752f7bdc4308b8821056ce2d5a456e6cb62966f2e07f65cff0053e42a",
  },
  {
    release: "24.02",
    server: "2.43.0",
    wheel: "0.5.3",
    sha256: "2530bbd0ce56b86cb59efa64493d62f3a0f4f203d1b94179759a55955fd5b5c8",
  },
  {
    release: "24.03",
    server: "2.44.0",
    wheel: "0.5.6",
    sha256: "6403e65c2bbab0ab2fe2b737ad612e2b88f3edf20d41aadd1d544ffb309a701c",
  },
  {
    release: "24.04",
    server: "2.45.0",
    wheel: "0.5.7",
    sha256: "c0ad9e355fcd9e1ccf70e8c21db3e4f765bbc41d7be448b88b53526b4a639a16",
  },
  {
    release: "24.05",
    server: "2.46.0",
    wheel: "0.5.8",
    sha256: "cd3cdfb704db3a01f857adc97fea77d5413c9f9e89f9b7add91c9d16a0bec7f8",
  },
  {
    release: "24.06",
    server: "2.47.0",
    wheel: "0.5.9",
    sha256: "3c51133d428dc0b8eebe69c40c5de1d702d98f05ffb04b591d13e227bdb0f0a5",
  },
  {
    release: "24.07",
    server: "2.48.0",
    wheel: "0.5.10",
    sha256: "0c08d905d25ad71e887864625ec9e2692e6cb4a746c32c93e332e5c8476bc669",
  },
  {
    release: "24.08",
    server: "2.49.0",
    wheel: "0.5.11",
    sha256: "4f3e20b0e10e1f3dc9190a15be51fe308b796c11d1f018cb34b9915ca2cb54c9",
  },
  {
    release: "24.09",
    server: "2.50.0",
    wheel: "0.5.12",
    sha256: "a44e099c6c4a77bdef94632591077f8217f6996571daeab77430c0aa5dca515c",
  },
  {
    release: "24.10",
    server: "2.51.0",
    wheel: "0.7.0",
    sha256: "21f063ff93bb426d0c06b7a55e7eb9efcfe62c0dddd9a908e9877e18710128df",
  },
];
