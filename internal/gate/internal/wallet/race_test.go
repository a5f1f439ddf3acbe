//go:build race

package wallet

// killWrites is the number of writes in all rounds of [TestLiveSurvivesKills]. Processes
// that are killed are nothing for the race detector, and it makes each write slow.
const killWrites = 64
