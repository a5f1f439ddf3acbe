package seal

import (
	"encoding/hex"
	"testing"
)

// These are the Argon2id (version 1.3) cases of the reference implementation,
// phc-winner-argon2 src/test.c, which RFC 9106 names as its reference. The RFC's
// own vector uses the optional secret and associated data, which keyslots leave
// out. They prove that we take the id variant and pass salt, passes, memory and
// lanes in the right places.
func TestArgon2idReferenceVectors(t *testing.T) {
	for _, c := range []struct {
		profile        Profile
		password, salt string
		want           string
	}{
		{Profile{2, 64 << 10, 1}, "password", "somesalt", "09316115d5cf24ed5a15a31a3ba326e5cf32edc24702987c02b6566f61913cf7"},
		{Profile{1, 64 << 10, 1}, "password", "somesalt", "f6a5adc1ba723dddef9b5ac1d464e180fcd9dffc9d1cbf76cca2fed795d9ca98"},
		{Profile{2, 256, 1}, "password", "somesalt", "9dfeb910e80bad0311fee20f9c0e2b12c17987b4cac90c2ef54d5b3021c68bfe"},
		{Profile{2, 256, 2}, "password", "somesalt", "6d093c501fd5999645e0ea3bf620d7b8be7fd2db59c20d9fff9539da2bf57037"},
		{Profile{2, 64 << 10, 1}, "differentpassword", "somesalt", "0b84d652cf6b0c4beaef0dfe278ba6a80df6696281d7e0d2891b817d8c458fde"},
		{Profile{2, 64 << 10, 1}, "password", "diffsalt", "bdf32b05ccc42eb15d58fd19b1f856b113da1e9a5874fdcc544308565aa8141c"},
	} {
		got := hex.EncodeToString(slotKey(c.profile, []byte(c.password), []byte(c.salt)))
		if got != c.want {
			t.Errorf("%+v %q %q: %s, want %s", c.profile, c.password, c.salt, got, c.want)
		}
	}
}
