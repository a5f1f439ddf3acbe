// Addresses of the test words on every chain, as testdata/golden/tatum has recorded them.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { test } from 'node:test';
import { addressOfWords, answer, wallet } from './strongroom.mjs';

const recorded = JSON.parse(fs.readFileSync(new URL('../../../testdata/golden/tatum/addresses.json', import.meta.url), 'utf8'));
const rows = recorded.rows.filter((row) => row.mnemonic === 'M1' && row.chain !== 'FLOW'); // of FLOW there are only public keys
const chains = [...new Set(rows.map((row) => row.chain))];

test('a key that two chains share', async () => {
  for (const [chain, ...more] of [['ethereum'], ['bsc'], ['bitcoin', '--testnet'], ['ethereum', '--testnet']]) {
    const key = await answer('key', 'derive', wallet, '--chain', chain, ...more);
    const want = (await addressOfWords(chain, { testnet: more.length > 0, index: 0 })).address;
    assert.ok(Object.values(key.addresses).includes(want), `${chain} ${more}: ${want} is not among ${JSON.stringify(key.addresses)}`);
  }
});

test('what is recorded', () => assert.ok(chains.length >= 16 && rows.length >= 100, `${chains.length} chains, ${rows.length} rows`));

for (const chain of chains) {
  test(chain, async () => {
    for (const { testnet, index, path, xpub, address } of rows.filter((row) => row.chain === chain)) {
      const got = await addressOfWords(chain, { testnet, index });
      assert.equal(got.path, path);
      // Recorded addresses of Ethereum's kind have no checksum.
      assert.equal(address.includes('0x') || address.startsWith('xdc') ? got.address.toLowerCase() : got.address, address);
      if (xpub && got.xpub) assert.equal(got.xpub, xpub);
    }
  });
}
