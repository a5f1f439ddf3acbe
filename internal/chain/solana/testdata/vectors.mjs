// Writes vectors.jsonl and offchain.jsonl; README.md says with which packages. Accounts are hashes of names.
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import * as w from '@solana/web3.js';
import * as spl from '@solana/spl-token';
import { createNoopSigner } from '@solana/kit';
import * as sys from '@solana-program/system';
import * as stk from '@solana-program/stake';
import * as ldr from '@solana-program/loader-v3';
import * as t22 from '@solana-program/token-2022';
import * as tok from '@solana-program/token';
import * as off from '@solana/offchain-messages';

const key = name => new w.PublicKey(createHash('sha256').update(name).digest());
const A = name => key(name).toBase58();
const S = name => createNoopSigner(A(name));
const from = ix => new w.TransactionInstruction({
    programId: new w.PublicKey(ix.programAddress),
    keys: (ix.accounts ?? []).map(a => ({ pubkey: new w.PublicKey(a.address), isSigner: a.role >= 2, isWritable: (a.role & 1) === 1 })),
    data: Buffer.from(ix.data),
});

const payer = key('payer'), SOL = 'SOL', P = A('payer');
const TOKEN = spl.TOKEN_PROGRAM_ID, TOKEN22 = spl.TOKEN_2022_PROGRAM_ID;
const [SYS, TP, T22P, STAKE, VOTE, ALT] = ['11111111111111111111111111111111', TOKEN.toBase58(), TOKEN22.toBase58(),
    w.StakeProgram.programId.toBase58(), w.VoteProgram.programId.toBase58(), w.AddressLookupTableProgram.programId.toBase58()];
const rent = bytes => String((bytes + 128) * 6960);
const e = (kind, fields) => ({ kind, ...fields });
const move = (amount, from_, to, asset = SOL) => e('move', { asset, amount: String(amount), from: from_, to });
const authority = (from_, to, subject, asset) => e('authority', { from: from_, to, subject, ...(asset ? { asset } : {}) });
const close = (from_, to, asset = SOL) => e('close', { asset, amount: 'all', from: from_, to });
const call = (to, subject) => e('call', { to, ...(subject ? { subject } : {}) });
const restrict = (from_, asset, subject) => e('restrict', { ...(from_ ? { from: from_ } : {}), ...(asset ? { asset } : {}), ...(subject ? { subject } : {}) });
const deploy = (asset, subject) => e('deploy', { asset, to: asset, ...(subject ? { subject } : {}) });
const allow = (asset, amount, from_, to) => e('allow', { asset, amount: String(amount), from: from_, ...(to ? { to } : {}) });
const destroy = (asset, amount, from_) => e('destroy', { asset, amount: String(amount), from: from_ });
const register = (from_, to) => e('register', { from: from_, ...(to ? { to } : {}) });
const opaque = (to, subject) => e('opaque', { to, ...(subject ? { subject } : {}) });

const blockhash = A('blockhash'), later = A('later blockhash');
const vectors = [];

// add compiles instructions, and says what they do besides the fee.
function add(name, instructions, effects, fee) {
    instructions = [instructions].flat().map(ix => (ix.programAddress ? from(ix) : ix));
    const tx = new w.Transaction({ feePayer: payer, blockhash, lastValidBlockHeight: 1 });
    tx.add(...instructions);
    const message = tx.compileMessage();
    const again = w.Transaction.populate(w.Message.from(message.serialize()), []);
    again.recentBlockhash = later;
    effects = [effects].flat();
    effects.push(e('fee', { asset: SOL, amount: String(fee ?? 5000 * message.header.numRequiredSignatures), from: P }));
    // Compiling again changes nothing but the blockhash: all are checked here, some are kept.
    const recompiled = again.compileMessage().serialize().toString('hex');
    if (recompiled !== message.serialize().toString('hex').replace(key('blockhash').toBuffer().toString('hex'), key('later blockhash').toBuffer().toString('hex'))) {
        throw new Error(name + ' is compiled to another message');
    }
    const kept = vectors.length % 10 === 0 ? { recompiled, wire: tx.serialize({ requireAllSignatures: false, verifySignatures: false }).toString('base64') } : {};
    vectors.push({ name, message: message.serialize().toString('hex'), effects, ...kept });
}

const [a, b, c, d] = ['a', 'b', 'c', 'd'].map(A);
const [ka, kb, kc, kd] = ['a', 'b', 'c', 'd'].map(key);
const owner = key('program'), OWNER = A('program');

// System program
add('transfer', w.SystemProgram.transfer({ fromPubkey: payer, toPubkey: ka, lamports: 1234567890123n }), move(1234567890123n, P, a));
add('create account', w.SystemProgram.createAccount({ fromPubkey: payer, newAccountPubkey: ka, lamports: 7, space: 99, programId: owner }), [move(7, P, a), authority(a, OWNER, 'owner')]);
add('create account with seed', w.SystemProgram.createAccountWithSeed({ fromPubkey: payer, newAccountPubkey: ka, basePubkey: kb, seed: 'se:ed', lamports: 8, space: 9, programId: owner }), [move(8, P, a), authority(a, OWNER, 'owner')]);
add('transfer with seed', w.SystemProgram.transfer({ fromPubkey: ka, basePubkey: payer, toPubkey: kb, lamports: 55, seed: 'x', programId: owner }), move(55, a, b));
add('assign', w.SystemProgram.assign({ accountPubkey: payer, programId: owner }), authority(P, OWNER, 'owner'));
add('assign with seed', w.SystemProgram.assign({ accountPubkey: ka, basePubkey: payer, seed: 'longer seed', programId: owner }), authority(a, OWNER, 'owner'));
add('allocate', w.SystemProgram.allocate({ accountPubkey: payer, space: 1000 }), restrict(P, '', 'data'));
add('allocate with seed', w.SystemProgram.allocate({ accountPubkey: ka, basePubkey: payer, seed: '', space: 1000, programId: owner }), authority(a, OWNER, 'owner'));
add('nonce create', w.SystemProgram.createNonceAccount({ fromPubkey: payer, noncePubkey: ka, authorizedPubkey: kb, lamports: 1500000 }), [move(1500000, P, a), restrict(a, '', 'data'), authority(a, b, 'nonce authority')]);
add('nonce advance', w.SystemProgram.nonceAdvance({ noncePubkey: ka, authorizedPubkey: payer }), call(SYS, a));
add('nonce withdraw', w.SystemProgram.nonceWithdraw({ noncePubkey: ka, authorizedPubkey: payer, toPubkey: kb, lamports: 77 }), move(77, a, b));
add('nonce authorize', w.SystemProgram.nonceAuthorize({ noncePubkey: ka, authorizedPubkey: payer, newAuthorizedPubkey: kb }), authority(a, b, 'nonce authority'));
add('nonce upgrade', sys.getUpgradeNonceAccountInstruction({ nonceAccount: a }), call(SYS, a));
add('create account allow prefund', sys.getCreateAccountAllowPrefundInstruction({ newAccount: S('a'), payer: S('payer'), lamports: 5, space: 10, programAddress: OWNER }), [move(5, P, a), authority(a, OWNER, 'owner')]);
add('create account allow prefund, no payer', sys.getCreateAccountAllowPrefundInstruction({ newAccount: S('payer'), lamports: 0, space: 10, programAddress: OWNER }), authority(P, OWNER, 'owner'));

// Token program, and the same instructions of Token-2022
for (const [label, program] of [['token', TOKEN], ['token-2022', TOKEN22]]) {
    const mint = A('mint'), km = key('mint'), of = 'token of ' + a;
    add(label + ' initialize mint', spl.createInitializeMintInstruction(km, 6, ka, kb, program), [deploy(mint), authority(mint, a, 'mint tokens'), authority(mint, b, 'freeze account')]);
    add(label + ' initialize mint 2', spl.createInitializeMint2Instruction(km, 6, ka, null, program), [deploy(mint), authority(mint, a, 'mint tokens')]);
    add(label + ' initialize account', spl.createInitializeAccountInstruction(ka, km, kb, program), authority(a, b, 'account owner', mint));
    add(label + ' initialize account 2', spl.createInitializeAccount2Instruction(ka, km, kb, program), authority(a, b, 'account owner', mint));
    add(label + ' initialize account 3', spl.createInitializeAccount3Instruction(ka, km, kb, program), authority(a, b, 'account owner', mint));
    add(label + ' initialize multisig', tok.getInitializeMultisigInstruction({ multisig: a, m: 2, signers: [b, c, d] }, { programAddress: program.toBase58() }), [authority(a, b, 'multisig'), authority(a, c, 'multisig'), authority(a, d, 'multisig')]);
    add(label + ' initialize multisig 2', tok.getInitializeMultisig2Instruction({ multisig: a, m: 1, signers: [b, c] }, { programAddress: program.toBase58() }), [authority(a, b, 'multisig'), authority(a, c, 'multisig')]);
    add(label + ' transfer', spl.createTransferInstruction(ka, kb, payer, 18446744073709551615n, [], program), move(18446744073709551615n, a, b, of));
    add(label + ' transfer, multisig', spl.createTransferInstruction(ka, kb, kc, 5, [payer, kd], program), move(5, a, b, of));
    add(label + ' transfer checked', spl.createTransferCheckedInstruction(ka, km, kb, payer, 5, 6, [], program), move(5, a, b, mint));
    add(label + ' approve', spl.createApproveInstruction(ka, kb, payer, 18446744073709551615n, [], program), allow(of, 18446744073709551615n, a, b));
    add(label + ' approve checked', spl.createApproveCheckedInstruction(ka, km, kb, payer, 9, 6, [], program), allow(mint, 9, a, b));
    add(label + ' revoke', spl.createRevokeInstruction(ka, payer, [], program), allow(of, 0, a));
    for (const [n, what] of [[0, 'mint tokens'], [1, 'freeze account'], [2, 'account owner'], [3, 'close account']]) {
        add(label + ' set authority ' + n, spl.createSetAuthorityInstruction(ka, payer, n, kb, [], program), authority(a, b, what));
    }
    add(label + ' set authority, nobody', spl.createSetAuthorityInstruction(ka, payer, 0, null, [], program), e('authority', { from: a, subject: 'mint tokens' }));
    add(label + ' mint to', spl.createMintToInstruction(km, ka, payer, 10, [], program), move(10, mint, a, mint));
    add(label + ' mint to checked', spl.createMintToCheckedInstruction(km, ka, payer, 10, 2, [], program), move(10, mint, a, mint));
    add(label + ' burn', spl.createBurnInstruction(ka, km, payer, 11, [], program), destroy(mint, 11, a));
    add(label + ' burn checked', spl.createBurnCheckedInstruction(ka, km, payer, 11, 2, [], program), destroy(mint, 11, a));
    add(label + ' close account', spl.createCloseAccountInstruction(ka, kb, payer, [], program), close(a, b));
    add(label + ' freeze', spl.createFreezeAccountInstruction(ka, km, payer, [], program), restrict(a, mint));
    add(label + ' thaw', spl.createThawAccountInstruction(ka, km, payer, [], program), restrict(a, mint));
    add(label + ' sync native', spl.createSyncNativeInstruction(ka, program), call(program.toBase58(), a));
    add(label + ' amount to ui amount', spl.createAmountToUiAmountInstruction(km, 5, program), call(program.toBase58(), mint));
    add(label + ' ui amount to amount', spl.createUiAmountToAmountInstruction(km, '5.5', program), call(program.toBase58(), mint));
    add(label + ' initialize immutable owner', spl.createInitializeImmutableOwnerInstruction(ka, program), restrict(a));
    add(label + ' get account data size', tok.getGetAccountDataSizeInstruction({ mint }, { programAddress: program.toBase58() }), call(program.toBase58(), mint));
    add(label + ' withdraw excess lamports', t22.getWithdrawExcessLamportsInstruction({ source: a, destination: b, authority: S('payer') }, { programAddress: program.toBase58() }), close(a, b));
    add(label + ' unwrap some', t22.getUnwrapLamportsInstruction({ source: a, destination: b, authority: S('payer'), amount: 44n }, { programAddress: program.toBase58() }), move(44, a, b));
    add(label + ' unwrap all', t22.getUnwrapLamportsInstruction({ source: a, destination: b, authority: S('payer'), amount: null }, { programAddress: program.toBase58() }), close(a, b));
    const id = { programAddress: program.toBase58() };
    add(label + ' batch', t22.getBatchInstruction([tok.getTransferInstruction({ source: a, destination: b, authority: S('payer'), amount: 3n }, id),
        tok.getCloseAccountInstruction({ account: a, destination: b, owner: S('payer') }, id)], id), [move(3, a, b, of), close(a, b)]);
}

// Extensions of Token-2022
{
    const mint = A('mint'), km = key('mint');
    for (const n of Array(14).keys()) {
        const names = ['transfer fee config', 'withheld withdraw', 'close mint', 'interest rate', 'permanent delegate', 'confidential transfer mint', 'transfer hook program',
            'confidential transfer fee config', 'metadata pointer', 'group pointer', 'group member pointer', 'scaled ui amount', 'pause', 'permissioned burn'];
        add('extension set authority ' + (n + 4), t22.getSetAuthorityInstruction({ owned: a, owner: S('payer'), authorityType: n + 4, newAuthority: b }), authority(a, b, names[n]));
    }
    add('extension mint close authority', t22.getInitializeMintCloseAuthorityInstruction({ mint, closeAuthority: a }), authority(mint, a, 'close mint'));
    add('extension permanent delegate', t22.getInitializePermanentDelegateInstruction({ mint, delegate: a }), authority(mint, a, 'permanent delegate'));
    add('extension non-transferable', t22.getInitializeNonTransferableMintInstruction({ mint }), restrict('', mint));
    add('extension transfer fee config', t22.getInitializeTransferFeeConfigInstruction({ mint, transferFeeConfigAuthority: a, withdrawWithheldAuthority: b, transferFeeBasisPoints: 9999, maximumFee: 5n }),
        [deploy(mint, 'transfer fee'), authority(mint, a, 'transfer fee config'), authority(mint, b, 'withheld withdraw')]);
    add('extension transfer checked with fee', t22.getTransferCheckedWithFeeInstruction({ source: a, mint, destination: b, authority: S('payer'), amount: 100n, decimals: 2, fee: 3n }), move(100, a, b, mint));
    add('extension withdraw withheld from mint', t22.getWithdrawWithheldTokensFromMintInstruction({ mint, feeReceiver: a, withdrawWithheldAuthority: S('payer') }), move('all', mint, a, mint));
    add('extension withdraw withheld from accounts', t22.getWithdrawWithheldTokensFromAccountsInstruction({ mint, feeReceiver: a, withdrawWithheldAuthority: S('payer'), numTokenAccounts: 2, sources: [c, d] }), move('all', mint, a, mint));
    add('extension harvest withheld', t22.getHarvestWithheldTokensToMintInstruction({ mint, sources: [c, d] }), e('move', { asset: mint, amount: 'all', to: mint }));
    add('extension set transfer fee', t22.getSetTransferFeeInstruction({ mint, transferFeeConfigAuthority: S('payer'), transferFeeBasisPoints: 10000, maximumFee: 1n << 63n }), deploy(mint, 'transfer fee'));
    add('extension default state', t22.getInitializeDefaultAccountStateInstruction({ mint, state: 2 }), restrict('', mint));
    add('extension default state, update', t22.getUpdateDefaultAccountStateInstruction({ mint, freezeAuthority: S('payer'), state: 1 }), restrict('', mint));
    add('extension reallocate', t22.getReallocateInstruction({ token: a, payer: S('payer'), owner: S('b'), newExtensionTypes: [8] }), [call(T22P, a), move(rent(1024), P, a)]);
    add('extension memo required', t22.getEnableMemoTransfersInstruction({ token: a, owner: S('payer') }), restrict(a));
    add('extension memo not required', t22.getDisableMemoTransfersInstruction({ token: a, owner: S('payer') }), restrict(a));
    add('extension cpi guard on', t22.getEnableCpiGuardInstruction({ token: a, owner: S('payer') }), restrict(a));
    add('extension cpi guard off', t22.getDisableCpiGuardInstruction({ token: a, owner: S('payer') }), restrict(a));
    add('extension interest', t22.getInitializeInterestBearingMintInstruction({ mint, rateAuthority: a, rate: -5 }), [authority(mint, a, 'interest rate'), deploy(mint, 'interest rate')]);
    add('extension interest, update', t22.getUpdateRateInterestBearingMintInstruction({ mint, rateAuthority: S('payer'), rate: 100 }), deploy(mint, 'interest rate'));
    add('extension transfer hook', t22.getInitializeTransferHookInstruction({ mint, authority: a, programId: b }), [authority(mint, a, 'transfer hook program'), deploy(mint, 'transfer hook program')]);
    add('extension transfer hook, update', t22.getUpdateTransferHookInstruction({ mint, authority: S('payer'), programId: null }), deploy(mint, 'transfer hook program'));
    add('extension metadata pointer', t22.getInitializeMetadataPointerInstruction({ mint, authority: null, metadataAddress: b }), deploy(mint, 'metadata pointer'));
    add('extension metadata pointer, update', t22.getUpdateMetadataPointerInstruction({ mint, metadataPointerAuthority: S('payer'), metadataAddress: b }), deploy(mint, 'metadata pointer'));
    add('extension scaled ui', t22.getInitializeScaledUiAmountMintInstruction({ mint, authority: a, multiplier: 2 }), [authority(mint, a, 'scaled ui amount'), deploy(mint, 'scaled ui amount')]);
    add('extension scaled ui, update', t22.getUpdateMultiplierScaledUiMintInstruction({ mint, authority: S('payer'), multiplier: 3, effectiveTimestamp: 5n }), deploy(mint, 'scaled ui amount'));
    add('extension pausable', t22.getInitializePausableConfigInstruction({ mint, authority: a }), authority(mint, a, 'pause'));
    add('extension pause', t22.getPauseInstruction({ mint, authority: S('payer') }), restrict('', mint));
    add('extension resume', t22.getResumeInstruction({ mint, authority: S('payer') }), restrict('', mint));
    add('extension permissioned burn config', t22.getInitializePermissionedBurnInstruction({ mint, authority: a }), authority(mint, a, 'permissioned burn'));
    add('extension permissioned burn', t22.getPermissionedBurnInstruction({ account: a, mint, permissionedBurnAuthority: S('b'), authority: S('payer'), amount: 4n }), destroy(mint, 4, a));
    add('extension permissioned burn checked', t22.getPermissionedBurnCheckedInstruction({ account: a, mint, permissionedBurnAuthority: S('b'), authority: S('payer'), amount: 4n, decimals: 1 }), destroy(mint, 4, a));
    add('extension metadata authority', t22.getUpdateTokenMetadataUpdateAuthorityInstruction({ metadata: mint, updateAuthority: S('payer'), newUpdateAuthority: b }), authority(mint, b, 'metadata update authority'));
    add('extension metadata field, opaque', t22.getUpdateTokenMetadataFieldInstruction({ metadata: mint, updateAuthority: S('payer'), field: { __kind: 'Name' }, value: 'x' }), opaque(T22P, 'dde9312db5cadcc8'));
    add('extension confidential deposit, opaque', t22.getConfidentialDepositInstruction({ token: a, mint, authority: S('payer'), amount: 5n, decimals: 1 }), opaque(T22P, '1b05050000000000'));
    add('extension native mint, opaque', t22.getCreateNativeMintInstruction({ payer: S('payer'), nativeMint: a }), opaque(T22P, '1f'));
    add('extension group pointer, opaque', t22.getUpdateGroupPointerInstruction({ mint, groupPointerAuthority: S('payer'), groupAddress: null }), opaque(T22P, '2801000000000000'));
}

// Associated Token Account program
for (const [label, program, size] of [['token', TOKEN, 165], ['token-2022', TOKEN22, 512]]) {
    const mint = A('mint'), made = [move(rent(size), P, a), e('call', { asset: mint, to: spl.ASSOCIATED_TOKEN_PROGRAM_ID.toBase58(), subject: a })];
    add('associated create, ' + label, spl.createAssociatedTokenAccountInstruction(payer, ka, kb, key('mint'), program), made);
    add('associated create idempotent, ' + label, spl.createAssociatedTokenAccountIdempotentInstruction(payer, ka, kb, key('mint'), program), made);
    add('associated recover nested, ' + label, spl.createRecoverNestedInstruction(ka, key('mint'), kb, kc, kd, payer, program), [close(a, b, mint), close(a, P)]);
}

// Memo and Compute Budget
const memo = (text, id, keys = []) => new w.TransactionInstruction({ programId: new w.PublicKey(id), keys, data: Buffer.from(text) });
const MEMO1 = 'Memo1UhkJRfHyvLMcVucJwxXeuD728EqVDDwQDxFMNo', MEMO2 = 'MemoSq4gqABAXKb96qnH8TysNcWxMyWCqXgDLGmfcHr';
add('memo 1', memo('hello', MEMO1), e('message', { subject: 'memo' }));
add('memo 2', memo('héllo\n', MEMO2, [{ pubkey: payer, isSigner: true, isWritable: false }]), e('message', { subject: 'memo', from: P }));
add('memo that nobody can read', memo('\u202eolleh', MEMO2), opaque(MEMO2, 'e280ae6f6c6c6568'));
{
    const pay = w.SystemProgram.transfer({ fromPubkey: payer, toPubkey: ka, lamports: 1 }), paid = move(1, P, a);
    const price = w.ComputeBudgetProgram.setComputeUnitPrice({ microLamports: 333n }), limit = w.ComputeBudgetProgram.setComputeUnitLimit({ units: 10001 });
    add('compute budget, price and limit', [limit, price, pay], paid, 5000 + Math.ceil(333 * 10001 / 1e6));
    add('compute budget, price alone', [price, pay], paid, 5000 + Math.ceil(333 * 203000 / 1e6));
    add('compute budget, limit alone', [limit, pay], paid, 5000);
    add('compute budget, limit above the most', [w.ComputeBudgetProgram.setComputeUnitLimit({ units: 4294967295 }), price, pay], paid, 5000 + Math.ceil(333 * 1.4));
    add('compute budget, heap', [w.ComputeBudgetProgram.requestHeapFrame({ bytes: 262144 }), pay], paid, 5000);
    add('compute budget, all there is', [w.ComputeBudgetProgram.setComputeUnitPrice({ microLamports: 18446744073709551615n }), limit, pay], paid, 5000n + (18446744073709551615n * 10001n + 999999n) / 1000000n);
}

// Programs that check signatures
add('ed25519 check', w.Ed25519Program.createInstructionWithPublicKey({ publicKey: key('a').toBytes(), message: Buffer.from('x'), signature: new Uint8Array(64) }), [], 10000);
add('secp256k1 check', w.Secp256k1Program.createInstructionWithEthAddress({ ethAddress: new Uint8Array(20), message: Buffer.from('x'), signature: new Uint8Array(64), recoveryId: 0 }), [], 10000);

// Stake program: today's client, and the old one, which names the system's accounts
const stake = key('stake'), K = A('stake');
add('stake create', w.StakeProgram.createAccount({ fromPubkey: payer, stakePubkey: stake, authorized: new w.Authorized(ka, kb), lockup: new w.Lockup(1700000000, 5, kc), lamports: 9 }),
    [move(9, P, K), authority(K, STAKE, 'owner'), authority(K, a, 'staker'), authority(K, b, 'withdrawer'), restrict(K), authority(K, c, 'lockup custodian')]);
add('stake initialize without lockup', w.StakeProgram.initialize({ stakePubkey: stake, authorized: new w.Authorized(ka, kb) }), [authority(K, a, 'staker'), authority(K, b, 'withdrawer')]);
add('stake delegate', w.StakeProgram.delegate({ stakePubkey: stake, authorizedPubkey: payer, votePubkey: ka }), register(K, a));
add('stake authorize staker', w.StakeProgram.authorize({ stakePubkey: stake, authorizedPubkey: payer, newAuthorizedPubkey: ka, stakeAuthorizationType: w.StakeAuthorizationLayout.Staker }), authority(K, a, 'staker'));
add('stake authorize withdrawer', w.StakeProgram.authorize({ stakePubkey: stake, authorizedPubkey: payer, newAuthorizedPubkey: ka, stakeAuthorizationType: w.StakeAuthorizationLayout.Withdrawer, custodianPubkey: kb }), authority(K, a, 'withdrawer'));
add('stake authorize with seed', w.StakeProgram.authorizeWithSeed({ stakePubkey: stake, authorityBase: payer, authoritySeed: 'seed', authorityOwner: owner, newAuthorizedPubkey: ka, stakeAuthorizationType: w.StakeAuthorizationLayout.Withdrawer }), authority(K, a, 'withdrawer'));
add('stake split', w.StakeProgram.split({ stakePubkey: stake, authorizedPubkey: payer, splitStakePubkey: ka, lamports: 40 }, 6), [move(6, P, a), authority(a, STAKE, 'owner'), move(40, K, a)]);
add('stake merge', w.StakeProgram.merge({ stakePubkey: stake, sourceStakePubKey: ka, authorizedPubkey: payer }), close(a, K));
add('stake withdraw', w.StakeProgram.withdraw({ stakePubkey: stake, authorizedPubkey: payer, toPubkey: ka, lamports: 41 }), move(41, K, a));
add('stake deactivate', w.StakeProgram.deactivate({ stakePubkey: stake, authorizedPubkey: payer }), register(K));
add('stake initialize checked', stk.getInitializeCheckedInstruction({ stake: K, stakeAuthority: a, withdrawAuthority: S('payer') }), [authority(K, a, 'staker'), authority(K, P, 'withdrawer')]);
add('stake authorize checked', stk.getAuthorizeCheckedInstruction({ stake: K, authority: S('payer'), newAuthority: S('a'), stakeAuthorize: 1 }), authority(K, a, 'withdrawer'));
add('stake authorize checked with seed', stk.getAuthorizeCheckedWithSeedInstruction({ stake: K, base: S('payer'), newAuthority: S('a'), stakeAuthorize: 0, authoritySeed: 'abc', authorityOwner: OWNER }), authority(K, a, 'staker'));
{   // as the old client writes it, with the clock in between
    const ix = from(stk.getAuthorizeCheckedInstruction({ stake: K, authority: S('payer'), newAuthority: S('a'), stakeAuthorize: 1 }));
    ix.keys.splice(1, 0, { pubkey: w.SYSVAR_CLOCK_PUBKEY, isSigner: false, isWritable: false });
    add('stake authorize checked, with the clock', ix, authority(K, a, 'withdrawer'));
}
add('stake set lockup', stk.getSetLockupInstruction({ stake: K, authority: S('payer'), unixTimestamp: 5n, epoch: null, custodian: a }), [restrict(K), authority(K, a, 'lockup custodian')]);
add('stake set lockup, time alone', stk.getSetLockupInstruction({ stake: K, authority: S('payer'), unixTimestamp: null, epoch: 6n, custodian: null }), restrict(K));
add('stake set lockup checked', stk.getSetLockupCheckedInstruction({ stake: K, authority: S('payer'), newAuthority: S('a'), unixTimestamp: 5n, epoch: 7n }), [restrict(K), authority(K, a, 'lockup custodian')]);
add('stake minimum delegation', stk.getGetMinimumDelegationInstruction(), call(STAKE));
add('stake deactivate delinquent', stk.getDeactivateDelinquentInstruction({ stake: K, delinquentVote: a, referenceVote: b }), register(K));
add('stake move stake', stk.getMoveStakeInstruction({ sourceStake: K, destinationStake: a, stakeAuthority: S('payer'), args: 50n }), move(50, K, a));
add('stake move lamports', stk.getMoveLamportsInstruction({ sourceStake: K, destinationStake: a, stakeAuthority: S('payer'), args: 51n }), move(51, K, a));

// Vote program
const vote = key('vote'), V = A('vote');
add('vote initialize', w.VoteProgram.initializeAccount({ votePubkey: vote, nodePubkey: payer, voteInit: new w.VoteInit(payer, ka, kb, 7) }), [register(V, P), authority(V, a, 'voter'), authority(V, b, 'withdrawer')]);
add('vote authorize', w.VoteProgram.authorize({ votePubkey: vote, authorizedPubkey: payer, newAuthorizedPubkey: ka, voteAuthorizationType: w.VoteAuthorizationLayout.Withdrawer }), authority(V, a, 'withdrawer'));
add('vote authorize with seed', w.VoteProgram.authorizeWithSeed({ votePubkey: vote, currentAuthorityDerivedKeyBasePubkey: payer, currentAuthorityDerivedKeyOwnerPubkey: owner, currentAuthorityDerivedKeySeed: 'sd', newAuthorizedPubkey: ka, voteAuthorizationType: w.VoteAuthorizationLayout.Voter }), authority(V, a, 'voter'));
add('vote withdraw', w.VoteProgram.withdraw({ votePubkey: vote, authorizedWithdrawerPubkey: payer, lamports: 60, toPubkey: ka }), move(60, V, a));
add('vote update identity', w.VoteProgram.updateValidatorIdentity({ votePubkey: vote, nodePubkey: ka, authorizedWithdrawerPubkey: payer }), authority(V, a, 'validator identity'));

// Upgradeable Loader
add('loader initialize buffer', ldr.getInitializeBufferInstruction({ sourceAccount: a, bufferAuthority: b }), authority(a, b, 'buffer authority'));
add('loader write', ldr.getWriteInstruction({ bufferAccount: a, bufferAuthority: S('payer'), offset: 5, bytes: new Uint8Array(9) }), e('deploy', { to: a, subject: 'buffer' }));
add('loader deploy', ldr.getDeployWithMaxDataLenInstruction({ payerAccount: S('payer'), programDataAccount: a, programAccount: b, bufferAccount: c, authority: S('d'), maxDataLen: 1000n }),
    [e('deploy', { from: P, to: b, subject: 'code in ' + c }), authority(b, d, 'upgrade authority'), move(rent(1045), P, a)]);
add('loader upgrade', ldr.getUpgradeInstruction({ programDataAccount: a, programAccount: b, bufferAccount: c, spillAccount: d, authority: S('payer') }), [e('deploy', { to: b, subject: 'code in ' + c }), close(c, d)]);
add('loader set authority', ldr.getSetAuthorityInstruction({ bufferOrProgramDataAccount: a, currentAuthority: S('payer'), newAuthority: b }), authority(a, b, 'upgrade authority'));
add('loader set authority checked', ldr.getSetAuthorityCheckedInstruction({ bufferOrProgramDataAccount: a, currentAuthority: S('payer'), newAuthority: S('b') }), authority(a, b, 'upgrade authority'));
add('loader close', ldr.getCloseInstruction({ bufferOrProgramDataAccount: a, destinationAccount: b, authority: S('payer'), programAccount: c }), [close(a, b), e('destroy', { from: c, subject: 'program' })]);
add('loader extend', ldr.getExtendProgramInstruction({ programDataAccount: a, programAccount: b, systemProgram: SYS, payer: S('payer'), additionalBytes: 20480 }), [e('deploy', { to: b, subject: 'size' }), move(20480 * 6960, P, a)]);

// Address Lookup Table program
const [createTable, table] = w.AddressLookupTableProgram.createLookupTable({ authority: ka, payer, recentSlot: 123 });
const T = table.toBase58();
add('table create', createTable, [authority(T, a, 'lookup table'), move(rent(56), P, T)]);
add('table extend', w.AddressLookupTableProgram.extendLookupTable({ lookupTable: table, authority: ka, payer, addresses: [kb, kc] }), [call(ALT, T), move(64 * 6960, P, T)]);
add('table freeze', w.AddressLookupTableProgram.freezeLookupTable({ lookupTable: table, authority: payer }), e('authority', { from: T, subject: 'lookup table' }));
add('table deactivate', w.AddressLookupTableProgram.deactivateLookupTable({ lookupTable: table, authority: payer }), e('destroy', { from: T, subject: 'lookup table' }));
add('table close', w.AddressLookupTableProgram.closeLookupTable({ lookupTable: table, authority: payer, recipient: ka }), close(T, a));

// Unknown program
add('unknown program', new w.TransactionInstruction({ programId: owner, keys: [{ pubkey: payer, isSigner: true, isWritable: true }], data: Buffer.from('00112233445566778899', 'hex') }), opaque(OWNER, '0011223344556677'));

// Version 0
function add0(name, instructions, tables, effects) {
    const message = new w.TransactionMessage({ payerKey: payer, recentBlockhash: blockhash, instructions }).compileToV0Message(tables);
    const wire = new w.VersionedTransaction(message).serialize();
    effects.push(e('fee', { asset: SOL, amount: String(5000 * message.header.numRequiredSignatures), from: P }));
    vectors.push({ name, message: Buffer.from(message.serialize()).toString('hex'), effects, wire: Buffer.from(wire).toString('base64') });
}
const tableOf = (k, addresses) => new w.AddressLookupTableAccount({ key: k, state: { deactivationSlot: 2n ** 64n - 1n, lastExtendedSlot: 0, lastExtendedSlotStartIndex: 0, addresses } });
const t1 = tableOf(key('table 1'), [kd, kb, key('mint')]), t2 = tableOf(key('table 2'), [kc]);
const entry = (t, n) => `table ${A(t)} entry ${n}`;
add0('version 0, no table', [w.SystemProgram.transfer({ fromPubkey: payer, toPubkey: ka, lamports: 3 })], [], [move(3, P, a)]);
add0('version 0, receiver in a table', [w.SystemProgram.transfer({ fromPubkey: payer, toPubkey: kb, lamports: 3 })], [t1], [move(3, P, entry('table 1', 1)), opaque(SYS, '0200000003000000')]);
add0('version 0, two tables', [spl.createTransferCheckedInstruction(kb, key('mint'), kc, payer, 8, 6)], [t1, t2], [move(8, entry('table 1', 1), entry('table 2', 0), entry('table 1', 2)), opaque(TP, '0c08000000000000')]);

// Off-chain messages
const offchain = [];
function message(name, m) {
    const codec = m.version === 0 ? off.getOffchainMessageV0Encoder() : off.getOffchainMessageV1Encoder();
    offchain.push({ name, message: Buffer.from(codec.encode(m)).toString('hex'), signers: m.requiredSignatories.map(s => s.address), text: m.content.text ?? m.content });
}
const sign = (...names) => names.map(n => ({ address: A(n) }));
message('version 0, ASCII', { version: 0, applicationDomain: A('domain'), content: { format: 0, text: 'Hello, world' }, requiredSignatories: sign('a') });
message('version 0, UTF-8, two signers', { version: 0, applicationDomain: A('domain'), content: { format: 1, text: 'Привет, мир\nsecond line' }, requiredSignatories: sign('b', 'a') });
message('version 0, extended', { version: 0, applicationDomain: A('domain'), content: { format: 2, text: 'long '.repeat(400) }, requiredSignatories: sign('a') });
message('version 1', { version: 1, content: 'Sign in to example.com', requiredSignatories: sign('a') });
message('version 1, three signers', { version: 1, content: 'Approve', requiredSignatories: sign('a', 'b', 'c').sort((x, y) => Buffer.compare(new w.PublicKey(x.address).toBuffer(), new w.PublicKey(y.address).toBuffer())) });

writeFileSync('vectors.jsonl', vectors.map(v => JSON.stringify(v) + '\n').join(''));
writeFileSync('offchain.jsonl', offchain.map(v => JSON.stringify(v) + '\n').join(''));
console.log(vectors.length, 'transactions,', offchain.length, 'messages');
