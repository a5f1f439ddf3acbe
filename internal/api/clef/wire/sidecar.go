package wire

import (
	"crypto/sha256"

	"github.com/ethereum/go-ethereum/crypto/kzg4844"

	"strongroom/internal/codec/rlp"
	"strongroom/internal/fault"
)

// Sizes of EIP-4844 and EIP-7594, in bytes.
const (
	blobSize     = len(kzg4844.Blob{})
	pointSize    = len(kzg4844.Commitment{}) // a commitment or a proof
	cellsPerBlob = kzg4844.CellProofsPerBlob
)

// versionKZG is the first byte of a versioned hash (EIP-4844, VERSIONED_HASH_VERSION_KZG).
const versionKZG = 0x01

var (
	errAmbiguous    = fault.Invalid.New(`ambiguous request: both "data" and "input" are set and are not identical`)
	errNoRecipient  = fault.Invalid.New("transaction recipient must be set for blob transactions")
	errNoBlobFee    = fault.Invalid.New("maxFeePerBlobGas must be set for blob transactions").WithHint("a fee of 0 must be written: 0x0")
	errStrayProofs  = fault.Invalid.New("blob proofs or commitments provided while blobs were not")
	errOnlyProofs   = fault.Invalid.New("blob proofs provided while commitments were not")
	errOnlyPoints   = fault.Invalid.New("blob commitments provided while proofs were not")
	errSetCodeTo    = fault.Invalid.New("transaction recipient must be set for set-code transactions")
	errNoSetCode    = fault.Invalid.New("authorizationList must not be empty")
	errSetCodeFee   = fault.Invalid.New("maxFeePerGas must be set for set-code transactions")
	errSetCodeBlobs = fault.Invalid.New("a transaction has blobs or an authorizationList, not both")
)

// Complete checks what the members say together, leaves the data in Data only, and makes
// or checks the sidecar of blobs, which takes a while (see [SendTxArgs.HasBlobs]). It
// comes before anybody is asked, and again for a transaction that the UI changed. It may
// be called twice. Errors: fault.Invalid with the peer's texts.
func (a *SendTxArgs) Complete() error {
	if a.Data != nil && a.Input != nil && string(*a.Data) != string(*a.Input) {
		return errAmbiguous
	}
	return a.CompleteAnswer()
}

// CompleteAnswer is [SendTxArgs.Complete] for a transaction that the UI sent, whose Input
// wins over its Data.
func (a *SendTxArgs) CompleteAnswer() error {
	if err := a.completeSidecar(); err != nil {
		return err
	}
	if err := a.checkKind(); err != nil {
		return err
	}
	if a.Input != nil {
		a.Data, a.Input = a.Input, nil
	}
	return nil
}

// checkKind checks what the type needs besides.
func (a *SendTxArgs) checkKind() error {
	kind := a.kind()
	if a.BlobVersionedHashes != nil && a.To == nil { // also without any hash
		return errNoRecipient
	}
	if kind == blobTx {
		switch {
		case a.AuthorizationList != nil:
			return errSetCodeBlobs
		case a.MaxFeePerBlobGas == nil:
			return errNoBlobFee
		}
	}
	if kind == setCodeTx {
		switch {
		case len(a.AuthorizationList) == 0:
			return errNoSetCode
		case a.To == nil:
			return errSetCodeTo
		case a.MaxFeePerGas == nil:
			return errSetCodeFee
		}
	}
	if a.Type != nil && *a.Type != Number(kind) {
		return fault.Invalid.New("type %s does not fit the other members, which make a transaction of type %s", *a.Type, Number(kind)).
			WithHint("leave type out, or give the members of that type")
	}
	return nil
}

// HasBlobs reports whether completing means computing with blobs: some 0.1 s for each,
// and a second for proofs of cells.
func (a *SendTxArgs) HasBlobs() bool { return len(a.Blobs) > 0 }

// completeSidecar makes commitments, proofs and hashes where they are missing, and checks
// them where they are not.
func (a *SendTxArgs) completeSidecar() error {
	n := len(a.Blobs)
	if n == 0 {
		if len(a.Commitments)+len(a.Proofs) > 0 {
			return errStrayProofs
		}
		a.Blobs, a.Commitments, a.Proofs = nil, nil, nil
		return nil
	}
	switch {
	case a.Commitments == nil && a.Proofs != nil:
		return errOnlyProofs
	case a.Commitments != nil && a.Proofs == nil:
		return errOnlyPoints
	case a.Commitments != nil && len(a.Commitments) != n:
		return fault.Invalid.New("number of blobs and commitments mismatch (have=%d, want=%d)", len(a.Commitments), n)
	case a.BlobVersionedHashes != nil && len(a.BlobVersionedHashes) != n:
		return fault.Invalid.New("number of blobs and hashes mismatch (have=%d, want=%d)", len(a.BlobVersionedHashes), n)
	case a.Proofs != nil && len(a.Proofs) != n && len(a.Proofs) != n*cellsPerBlob:
		return fault.Invalid.New("number of proofs and blobs mismatch (have=%d, want=%d or %d)", len(a.Proofs), n, n*cellsPerBlob)
	}
	if a.Commitments == nil {
		if err := a.commit(); err != nil {
			return err
		}
	} else if err := a.verify(); err != nil {
		return err
	}
	return a.hashCommitments()
}

// commit computes commitments, and proofs of the version that is asked for.
func (a *SendTxArgs) commit() error {
	commitments, proofs := make([]Data, len(a.Blobs)), []Data(nil)
	for i, raw := range a.Blobs {
		blob := (*kzg4844.Blob)(raw)
		c, err := kzg4844.BlobToCommitment(blob)
		if err != nil {
			return fault.Invalid.Wrap(err, "blobs[%d]: error computing commitment: not the encoding of field elements", i)
		}
		commitments[i] = Data(c[:])
		if a.BlobVersion == 0 {
			p, err := kzg4844.ComputeBlobProof(blob, c)
			if err != nil {
				return fault.Invalid.Wrap(err, "blobs[%d]: error computing proof", i)
			}
			proofs = append(proofs, p[:])
			continue
		}
		cells, err := kzg4844.ComputeCellProofs(blob)
		if err != nil {
			return fault.Invalid.Wrap(err, "blobs[%d]: error computing cell proof", i)
		}
		for k := range cells {
			proofs = append(proofs, cells[k][:])
		}
	}
	a.Commitments, a.Proofs = commitments, proofs
	return nil
}

// verify checks what was given.
func (a *SendTxArgs) verify() (err error) {
	if len(a.Proofs) == len(a.Blobs) {
		for i := 0; i < len(a.Blobs) && err == nil; i++ {
			err = kzg4844.VerifyBlobProof((*kzg4844.Blob)(a.Blobs[i]), kzg4844.Commitment(a.Commitments[i]), kzg4844.Proof(a.Proofs[i]))
		}
	} else {
		blobs := make([]kzg4844.Blob, len(a.Blobs))
		commitments, proofs := make([]kzg4844.Commitment, len(blobs)), make([]kzg4844.Proof, len(a.Proofs))
		for i := range blobs {
			blobs[i], commitments[i] = kzg4844.Blob(a.Blobs[i]), kzg4844.Commitment(a.Commitments[i])
		}
		for i := range proofs {
			proofs[i] = kzg4844.Proof(a.Proofs[i])
		}
		err = kzg4844.VerifyCellProofs(blobs, commitments, proofs)
	}
	if err != nil {
		return fault.Invalid.New("failed to verify blob proof: %v", err)
	}
	return nil
}

// hashCommitments makes or checks the versioned hashes (EIP-4844, kzg_to_versioned_hash).
func (a *SendTxArgs) hashCommitments() error {
	hashes := make([]Hash, len(a.Commitments))
	for i, c := range a.Commitments {
		hashes[i] = sha256.Sum256(c)
		hashes[i][0] = versionKZG
	}
	for i, given := range a.BlobVersionedHashes {
		if given != hashes[i] {
			return fault.Invalid.New("blob hash verification failed (have=%s, want=%s)", given, hashes[i])
		}
	}
	a.BlobVersionedHashes = hashes
	return nil
}

// network is the form in which a transaction with blobs goes to the network: the list
// of the signed transaction and of its sidecar, in which proofs of cells have the
// sidecar's version before them (EIP-4844, networking; EIP-7594).
func (a *SendTxArgs) network(signed []byte) []byte {
	size := len(signed) + 32 + (blobSize+pointSize+16)*len(a.Blobs) + (pointSize+1)*len(a.Proofs)
	b := append(make([]byte, 0, size), signed[1:]...)
	if len(a.Proofs) != len(a.Blobs) {
		b = rlp.AppendUint(b, 1)
	}
	for _, list := range [][]Data{a.Blobs, a.Commitments, a.Proofs} {
		var content []byte
		for _, one := range list {
			content = rlp.AppendBytes(content, one)
		}
		b = rlp.AppendList(b, content)
	}
	return rlp.AppendList([]byte{blobTx}, b)
}
