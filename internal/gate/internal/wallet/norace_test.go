//go:build !race

package wallet

// killWrites is the number of writes in all rounds of [TestLiveSurvivesKills].
const killWrites = 500
