//go:build !linux

package server

// maxSocketPath is what fits sun_path on macOS and the BSDs, less the final zero.
const maxSocketPath = 103

// socketName refuses paths that the kernel would cut: there is no other way to name them here.
func socketName(path string) (name string, release func(), err error) {
	if len(path) > maxSocketPath {
		return "", nil, tooLong(path)
	}
	return path, keep, nil
}
