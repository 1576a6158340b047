"""What a network is compared with: a support vector machine with a Gaussian kernel (Sec. 2.1)."""
