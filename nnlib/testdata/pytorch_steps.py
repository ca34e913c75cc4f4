"""Examples per second of PyTorch in the settings of speed_test.go.

Arguments: optimizer (sgd, adam), batch, hidden, threads, seconds. Prints one
number: the batch divided by the median time of a step, which other work on the
machine disturbs least. A window of 5 words out of 20,000 (d = 50)
and their case classes (5, d = 5), concatenated to x in R^275, hidden layer of
tanh, softmax over 5 classes; both embeddings are trained with sparse gradients
for the words.
"""

import sys
import time

import torch
from torch import nn

optimizer, batch, hidden, threads, seconds = sys.argv[1], *map(int, sys.argv[2:5]), float(sys.argv[5])
torch.set_num_threads(threads)
torch.manual_seed(1)

VOCAB, CLASSES, EXAMPLES = 20_000, 5, 1 << 15
words = nn.Embedding(VOCAB, 50, sparse=True)
cases = nn.Embedding(5, 5)
body = nn.Sequential(nn.Linear(275, hidden), nn.Tanh(), nn.Linear(hidden, CLASSES))
loss = nn.CrossEntropyLoss()
dense = [*cases.parameters(), *body.parameters()]
if optimizer == "adam":
    optimizers = [torch.optim.Adam(dense), torch.optim.SparseAdam(list(words.parameters()))]
else:
    optimizers = [torch.optim.SGD(dense, lr=0.1), torch.optim.SGD(words.parameters(), lr=0.1)]

W = torch.randint(VOCAB, (EXAMPLES, 5))
C = torch.randint(5, (EXAMPLES, 5))
Y = torch.randint(CLASSES, (EXAMPLES,))


def step(lo):
    for o in optimizers:
        o.zero_grad(set_to_none=True)
    w, c, y = W[lo : lo + batch], C[lo : lo + batch], Y[lo : lo + batch]
    x = torch.cat([words(w), cases(c)], dim=2).reshape(batch, 275)
    loss(body(x), y).backward()
    for o in optimizers:
        o.step()


times, end = [], time.perf_counter() + seconds
while time.perf_counter() < end:
    for lo in range(0, EXAMPLES, batch):
        begin = time.perf_counter()
        step(lo)
        times.append(time.perf_counter() - begin)
        if begin > end:
            break
print(batch / sorted(times)[len(times) // 2])
