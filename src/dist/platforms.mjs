// The platforms for which artifacts are built, and their native libraries in the fat jar.

const rocksdb = (name) => `librocksdbjni-${name}`;
const netty = (name) => `META-INF/native/${name}`;

/** By the name that Node uses for a platform: {os, cpu, libc, natives}. */
export const PLATFORMS = {
  'linux-x64': {
    os: 'linux',
    cpu: 'x64',
    libc: 'glibc',
    debian: 'amd64',
    oci: 'amd64',
    natives: [
      rocksdb('linux64.so'),
      netty('libnetty_tcnative_linux_x86_64.so'),
      netty('libnetty_transport_native_epoll_x86_64.so'),
    ],
  },
  'linux-arm64': {
    os: 'linux',
    cpu: 'arm64',
    libc: 'glibc',
    debian: 'arm64',
    oci: 'arm64',
    natives: [
      rocksdb('linux-aarch64.so'),
      netty('libnetty_tcnative_linux_aarch_64.so'),
      netty('libnetty_transport_native_epoll_aarch_64.so'),
    ],
  },
  'darwin-x64': {
    os: 'darwin',
    cpu: 'x64',
    natives: [rocksdb('osx-x86_64.jnilib'), netty('libnetty_tcnative_osx_x86_64.jnilib')],
  },
  'darwin-arm64': {
    os: 'darwin',
    cpu: 'arm64',
    natives: [rocksdb('osx-arm64.jnilib'), netty('libnetty_tcnative_osx_aarch_64.jnilib')],
  },
  'win32-x64': {
    os: 'win32',
    cpu: 'x64',
    natives: [rocksdb('win64.dll'), netty('netty_tcnative_windows_x86_64.dll')],
  },
};
