"""Examples per second of PyTorch in the settings of speed_test.go.

Arguments: optimizer (sgd, adam), batch, hidden, seconds. Prints one number: the
batch divided by the median time of a step on one thread, which other work on the
machine disturbs least. Without arguments it prints the versions of PyTorch and of
the library that multiplies for it. A window of 5 words out of 20,000 (d = 50)
and their case classes (5, d = 5), concatenated to x in R^275, hidden layer of
tanh, softmax over 5 classes; both embeddings are trained with sparse gradients
for the words.
"""

import re
import sys
import time

import torch
from torch import nn

if len(sys.argv) == 1:
    with open("/proc/self/maps") as maps:
        libraries = re.findall(r"/lib(openblas\S*|mkl_rt\S*|blis\S*|blas)\.so\S*", maps.read())
    blas = libraries[0] if libraries else "a BLAS of its own"
    if blas == "blas":
        blas = "the reference BLAS, which is slow: install libopenblas0-pthread"
    print(f"PyTorch {torch.__version__} with {blas}")
    sys.exit()

optimizer, batch, hidden, seconds = sys.argv[1], *map(int, sys.argv[2:4]), float(sys.argv[4])
torch.set_num_threads(1)
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
