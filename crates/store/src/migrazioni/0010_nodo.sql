-- The older model of payment.

-- Who speaks for the PSP: the calls of that model name it, and the journal repeats it.
ALTER TABLE transazione ADD COLUMN intermediario_psp TEXT;
