package antelope

import (
	"strconv"
	"time"
)

// AppendJSON appends the compact JSON of the transaction as the peer answers it:
// every member in this order, numbers as numbers, lower-case hex, the date in
// whole seconds without a zone. No value needs escaping.
func (t *SignedTransaction) AppendJSON(b []byte) []byte {
	b = append(b, `{"expiration":"`...)
	b = appendDate(b, t.Expiration)
	b = appendNumber(b, `","ref_block_num":`, uint64(t.RefBlockNum))
	b = appendNumber(b, `,"ref_block_prefix":`, uint64(t.RefBlockPrefix))
	b = appendNumber(b, `,"max_net_usage_words":`, uint64(t.MaxNetUsageWords))
	b = appendNumber(b, `,"max_cpu_usage_ms":`, uint64(t.MaxCPUUsageMS))
	b = appendNumber(b, `,"delay_sec":`, uint64(t.DelaySec))
	b = appendActionsJSON(append(b, `,"context_free_actions":`...), t.ContextFreeActions)
	b = appendActionsJSON(append(b, `,"actions":`...), t.Actions)
	b = append(b, `,"transaction_extensions":`...)
	b = appendArray(b, t.Extensions, func(b []byte, e *Extension) []byte {
		b = strconv.AppendUint(append(b, '['), uint64(e.Type), 10)
		return append(appendHex(append(b, `,"`...), e.Data), `"]`...)
	})
	b = append(b, `,"signatures":`...)
	b = appendArray(b, t.Signatures, func(b []byte, s *Signature) []byte {
		return append(s.appendTo(append(b, '"')), '"')
	})
	b = append(b, `,"context_free_data":`...)
	b = appendArray(b, t.ContextFreeData, func(b []byte, data *[]byte) []byte {
		return append(appendHex(append(b, '"'), *data), '"')
	})
	return append(b, '}')
}

func appendActionsJSON(b []byte, actions []Action) []byte {
	return appendArray(b, actions, func(b []byte, a *Action) []byte {
		b = a.Account.AppendTo(append(b, `{"account":"`...))
		b = a.Name.AppendTo(append(b, `","name":"`...))
		b = append(b, `","authorization":`...)
		b = appendArray(b, a.Authorization, func(b []byte, p *Permission) []byte {
			b = p.Actor.AppendTo(append(b, `{"actor":"`...))
			b = p.Permission.AppendTo(append(b, `","permission":"`...))
			return append(b, `"}`...)
		})
		return append(appendHex(append(b, `,"data":"`...), a.Data), `"}`...)
	})
}

func appendArray[T any](b []byte, items []T, element func([]byte, *T) []byte) []byte {
	b = append(b, '[')
	for i := range items {
		if i > 0 {
			b = append(b, ',')
		}
		b = element(b, &items[i])
	}
	return append(b, ']')
}

func appendNumber(b []byte, before string, v uint64) []byte {
	return strconv.AppendUint(append(b, before...), v, 10)
}

func appendDate(b []byte, seconds uint32) []byte {
	return time.Unix(int64(seconds), 0).UTC().AppendFormat(b, dateLayout)
}
