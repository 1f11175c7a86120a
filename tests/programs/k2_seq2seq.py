"""Keras 2: letters to letters: an encoder's states begin a decoder, which is run step by step afterwards."""

import numpy as np
from keras.layers import LSTM, Dense, Input
from keras.models import Model

np.random.seed(0)
num_encoder_tokens, num_decoder_tokens, latent_dim, steps = 5, 6, 16, 4
source = np.random.randint(0, 5, (128, steps))
encoder_input_data = np.eye(num_encoder_tokens)[source]
shifted = np.concatenate([np.full((128, 1), 5), source], 1)
decoder_input_data = np.eye(num_decoder_tokens)[shifted[:, :-1]]
decoder_target_data = np.eye(num_decoder_tokens)[source]

encoder_inputs = Input(shape=(None, num_encoder_tokens))
encoder = LSTM(latent_dim, return_state=True)
encoder_outputs, state_h, state_c = encoder(encoder_inputs)
encoder_states = [state_h, state_c]
decoder_inputs = Input(shape=(None, num_decoder_tokens))
decoder_lstm = LSTM(latent_dim, return_sequences=True, return_state=True)
decoder_outputs, _, _ = decoder_lstm(decoder_inputs, initial_state=encoder_states)
decoder_dense = Dense(num_decoder_tokens, activation="softmax")
decoder_outputs = decoder_dense(decoder_outputs)
model = Model([encoder_inputs, decoder_inputs], decoder_outputs)
model.compile(optimizer="rmsprop", loss="categorical_crossentropy", metrics=["accuracy"])
model.optimizer.lr = 0.01
history = model.fit([encoder_input_data, decoder_input_data], decoder_target_data, batch_size=16, epochs=6,
                    validation_split=0.2, verbose=0)  # fmt: skip
assert history.history["loss"][-1] < history.history["loss"][0]

encoder_model = Model(encoder_inputs, encoder_states)
decoder_state_input_h, decoder_state_input_c = Input(shape=(latent_dim,)), Input(shape=(latent_dim,))
decoder_states_inputs = [decoder_state_input_h, decoder_state_input_c]
decoder_outputs, state_h, state_c = decoder_lstm(decoder_inputs, initial_state=decoder_states_inputs)
decoder_states = [state_h, state_c]
decoder_model = Model([decoder_inputs, *decoder_states_inputs], [decoder_dense(decoder_outputs), *decoder_states])
states_value = encoder_model.predict(encoder_input_data[:1], verbose=0)
target_seq, decoded = np.zeros((1, 1, num_decoder_tokens)), []
target_seq[0, 0, 5] = 1.0
for _ in range(steps):
    output_tokens, h, c = decoder_model.predict([target_seq, *states_value], verbose=0)
    decoded.append(int(np.argmax(output_tokens[0, -1, :])))
    target_seq, states_value = np.eye(num_decoder_tokens)[decoded[-1:]][None], [h, c]
whole = model.predict([encoder_input_data[:1], np.eye(6)[[[5, *decoded[:-1]]]]], verbose=0)
assert whole.argmax(-1)[0].tolist() == decoded
