package cardano

import (
	"bytes"
	"slices"
	"strings"

	"golang.org/x/crypto/blake2b"

	"strongroom/internal/fault"
)

// auxiliary checks auxiliary data against the hash in the body and names its metadata.
func (d *describer) auxiliary(data []byte) {
	r := d.r
	if r.err != nil {
		return
	}
	if len(data) == 1 && data[0] == cborNull {
		if d.auxHash != nil {
			r.fail(fault.InvalidPayload.New("transaction: the auxiliary data that its body promises are missing"))
		}
		return
	}
	sum := blake2b.Sum256(data)
	if !bytes.Equal(sum[:], d.auxHash) {
		r.fail(fault.InvalidPayload.New("transaction: the auxiliary data are not those that its body promises"))
		return
	}
	if labels := metadataLabels(data); len(labels) > 0 {
		d.fact("metadata labels", strings.Join(labels, ", "))
	}
}

// metadataLabels are the keys of the metadata, in order: of a map, of the first member of
// an array, or of key 0 of a tagged map (Conway's CDDL, auxiliary_data).
func metadataLabels(data []byte) (labels []string) {
	r := reader{data: data}
	switch r.major() {
	case majorArray:
		l := r.array()
		l.next()
	case majorTag:
		r.tag(tagAuxData)
		found := false
		for l := r.mapping(); !found && l.more(); {
			if found = r.uint() == 0; !found {
				r.raw()
			}
		}
		if !found {
			return nil
		}
	}
	for l := r.mapping(); l.more() && len(labels) < maxListed; {
		labels = append(labels, decimal(r.uint()))
		r.raw()
	}
	if r.err != nil {
		return []string{"not understood"}
	}
	slices.Sort(labels)
	return labels
}
