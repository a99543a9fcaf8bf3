"""VITS2 with a fast decoder: phoneme ids and a speaker embedding in, samples out.

VITS2: Kong et al., 2023, arXiv:2307.16430. What differs, and why, stands in the module that differs:

    text_encoder   phoneme ids → hidden states; the speaker enters at block 3
    duration       hidden states → length of each phoneme in latent frames (40 Hz)
    prior          hidden states spread over frames → pitch, voicing, mean and deviation of the prior
    flow           prior ↔ posterior latents; couplings with self-attention
    decoder        latents + pitch → samples (ConvNeXt, harmonic source, one inverse STFT)
    posterior      recorded samples → latents; training only
    discriminator  real or rendered?; training only
    align          monotonic alignment search; training on recorded speech only

Shapes: B batch, T phonemes, N latent frames (40 Hz), 2N spectral frames (80 Hz), L samples (24 kHz).
Knows nothing of books, text, files of users or audio formats. `runtime` and `onnx_stages`, and what
they use (`batch`, `config`, `noise`, `pauses`, `session`, `tone`, `waveform`), need numpy and ONNX Runtime
only; the other modules need torch.
"""
