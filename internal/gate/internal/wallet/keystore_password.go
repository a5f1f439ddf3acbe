package wallet

import (
	"strongroom/internal/fault"
	"strongroom/internal/secret"
)

// minPassword is the least length of a new password, in bytes.
const minPassword = 10

// CheckNewPassword tells whether a password may protect a new key file or master seed.
// Clef has this rule and these texts; files with other passwords still open. Errors:
// fault.Invalid.
func CheckNewPassword(password secret.Bytes) error {
	if password.Len() < minPassword {
		return fault.Invalid.New("password too short (<10 characters)")
	}
	for _, c := range password.Expose() {
		if c < ' ' || c > '~' || c == '\\' {
			return fault.Invalid.New("password contains invalid characters - only 7bit printable ascii allowed")
		}
	}
	return nil
}
